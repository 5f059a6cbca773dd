"""Models of segmentation-models-pytorch, with encoders of its own and of timm."""

import vision  # noqa: F401  # its encoders import torchvision: beside any build of torch after it

# isort: split
import segmentation_models_pytorch as smp
from torch import nn

PLAIN = {"encoder_weights": None, "classes": 4}


def unet() -> nn.Module:
    """Attention of space and of channels in the decoder, a class beside the mask."""
    return smp.Unet("resnet18", decoder_attention_type="scse", aux_params={"classes": 3, "dropout": 0.1}, **PLAIN)


def unet_plus_plus() -> nn.Module:
    """Every level joined with every other."""
    return smp.UnetPlusPlus("mobilenet_v2", encoder_depth=4, decoder_channels=(64, 32, 16, 16), **PLAIN)


def manet() -> nn.Module:
    """Attention over positions."""
    return smp.MAnet("resnet18", encoder_depth=4, decoder_channels=(64, 32, 16, 16), **PLAIN)


def linknet() -> nn.Module:
    """What the encoder has is added, not joined."""
    return smp.Linknet("efficientnet-b0", **PLAIN)


def fpn() -> nn.Module:
    """A pyramid whose levels are summed."""
    return smp.FPN("resnet18", decoder_pyramid_channels=32, decoder_segmentation_channels=32, **PLAIN)


def pspnet() -> nn.Module:
    """Pools of several sizes."""
    return smp.PSPNet("resnet18", psp_out_channels=32, **PLAIN)


def deeplab() -> nn.Module:
    """Dilated convolutions at several rates."""
    return smp.DeepLabV3Plus("mobilenet_v2", decoder_channels=32, **PLAIN)


def segformer() -> nn.Module:
    """A transformer of four scales."""
    return smp.Segformer("mit_b0", decoder_segmentation_channels=32, **PLAIN)


def dpt() -> nn.Module:
    """A picture made of the tokens of a vision transformer of timm."""
    return smp.DPT(
        "tu-test_vit", decoder_intermediate_channels=(16, 16, 24, 32), decoder_fusion_channels=16,
        dynamic_img_size=True, **PLAIN,
    )  # fmt: skip
