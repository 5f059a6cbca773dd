import torch
from torch import nn

from .parts import Double


class UNet(nn.Module):
    def __init__(self, in_channels, classes, width=8):
        super(UNet, self).__init__()
        self.down = Double(in_channels, width)
        self.pool = nn.MaxPool2d(2)
        self.middle = Double(width, 2 * width)
        self.up = nn.ConvTranspose2d(2 * width, width, 2, stride=2)
        self.join = Double(2 * width, width)
        self.head = nn.Conv2d(width, classes, 1)

    def forward(self, image):
        high = self.down(image)
        low = self.middle(self.pool(high))
        return self.head(self.join(torch.cat([high, self.up(low)], dim=1)))
