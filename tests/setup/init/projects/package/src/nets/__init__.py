from .resnet import ResNet, resnet18, resnet34
from .video import Slow

__all__ = ["ResNet", "Slow", "resnet18", "resnet34"]
