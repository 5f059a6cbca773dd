"""Models of ultralytics from the descriptions in its package."""

import vision  # noqa: F401  # ultralytics imports torchvision: beside any build of torch after it
from torch import nn
from ultralytics.nn import tasks


def yolov8() -> nn.Module:
    """Boxes without anchors."""
    return tasks.DetectionModel("yolov8n.yaml", verbose=False)


def yolov10() -> nn.Module:
    """Two heads, of which one needs no suppression."""
    return tasks.DetectionModel("yolov10n.yaml", verbose=False)


def yolo12() -> nn.Module:
    """Attention by areas."""
    return tasks.DetectionModel("yolo12n.yaml", verbose=False)


def yolo11_segment() -> nn.Module:
    """Masks from prototypes."""
    return tasks.SegmentationModel("yolo11n-seg.yaml", verbose=False)


def yolo26_pose() -> nn.Module:
    """Points of a body."""
    return tasks.PoseModel("yolo26n-pose.yaml", data_kpt_shape=(17, 3), verbose=False)


def world() -> nn.Module:
    """Classes as the features of texts."""
    return tasks.WorldModel("yolov8s-worldv2.yaml", verbose=False)


def rt_detr() -> nn.Module:
    """A transformer over three scales."""
    return tasks.RTDETRDetectionModel("rtdetr-l.yaml", verbose=False)
