from torch import nn

from . import layers


def build(width):
    return nn.Sequential(layers.first(width), nn.ReLU())
