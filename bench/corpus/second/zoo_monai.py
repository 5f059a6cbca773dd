"""Models of medical volumes from MONAI."""

import vision  # noqa: F401  # monai imports torchvision where it is there: beside any build of torch after it
from monai.networks import nets
from torch import nn


def unetr() -> nn.Module:
    """A transformer whose layers feed a convolutional decoder."""
    return nets.UNETR(1, 3, img_size=32, feature_size=4, hidden_size=24, mlp_dim=48, num_heads=4)


def swin_unetr() -> nn.Module:
    """Shifted windows of a volume."""
    return nets.SwinUNETR(1, 3, depths=(1, 1, 1, 1), num_heads=(2, 2, 2, 2), window_size=4, feature_size=12)


def segresnet() -> nn.Module:
    """Residual blocks with norms of groups."""
    return nets.SegResNet(init_filters=8, in_channels=1, out_channels=3, blocks_down=(1, 1, 1), blocks_up=(1, 1))


def dynunet() -> nn.Module:
    """A net as nnU-Net plans it, with a head at several depths."""
    return nets.DynUNet(
        3, 1, 3, kernel_size=[3, 3, 3, 3], strides=[1, 2, 2, 2], upsample_kernel_size=[2, 2, 2],
        filters=[4, 8, 16, 24], deep_supervision=True, deep_supr_num=2,
    )  # fmt: skip


def attention_unet() -> nn.Module:
    """Gates on what the encoder hands over."""
    return nets.AttentionUnet(2, 1, 3, channels=(8, 16, 24), strides=(2, 2))


def vnet() -> nn.Module:
    """Convolutions of five, added to their input."""
    return nets.VNet(in_channels=1, out_channels=2, act=("elu", {"inplace": True}))


def voxel_morph() -> nn.Module:
    """A field that moves one volume onto another, integrated in steps."""
    backbone = nets.VoxelMorphUNet(
        spatial_dims=3, in_channels=2, unet_out_channels=8, channels=(8, 8, 8, 8), final_conv_channels=(8,)
    )
    return nets.VoxelMorph(backbone, integration_steps=3)


def vqvae() -> nn.Module:
    """A volume in codes."""
    down, up = ((2, 4, 1, 1),) * 2, ((2, 4, 1, 1, 0),) * 2
    return nets.VQVAE(
        3, 1, 1, channels=(8, 8), num_res_layers=1, num_res_channels=(8, 8), downsample_parameters=down,
        upsample_parameters=up, num_embeddings=16, embedding_dim=8,
    )  # fmt: skip


def unet_plus_plus() -> nn.Module:
    """Every encoder of a UNet joined with every decoder, four outputs."""
    return nets.BasicUNetPlusPlus(2, 1, 2, features=(8, 8, 16, 16, 24, 8), deep_supervision=True)
