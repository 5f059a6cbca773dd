"""Edits to torchvision's models, as pull requests make them."""

import sys
from functools import partial
from typing import Any

import torch
from mutation import ROOT, Base, edit, image, positional, tensor
from torch import nn

sys.path.insert(0, str(ROOT / "examples"))

import vision  # noqa: F401  (torchvision beside any build of torch)
from torchvision import models
from torchvision.models import resnet, swin_transformer

RESNET = Base("resnet18", models.resnet18, image())


@edit(RESNET, "~ layer4.1.conv1 (Conv2d): kernel 3 → 5, pad 1 → 2")
def larger_kernel(m: Any) -> None:
    m.layer4[1].conv1 = nn.Conv2d(512, 512, 5, padding=2, bias=False)


@edit(RESNET, "~ conv1 (Conv2d): stride 2 → 1, output 1×64×32×32 → 1×64×64×64")
def stem_without_stride(m: Any) -> None:
    m.conv1 = nn.Conv2d(3, 64, 7, padding=3, bias=False)


@edit(
    RESNET,
    "~ conv1 (Conv2d): kernel 7 → 3, stride 2 → 1, pad 3 → 1, output 1×64×32×32 → 1×64×64×64",
    "~ maxpool (Identity): MaxPool2d → Identity",
)
def stem_for_small_images(m: Any) -> None:
    m.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    m.maxpool = nn.Identity()


@edit(RESNET, "~ maxpool (Conv2d): MaxPool2d → Conv2d, 3×3, stride 2, pad 1, 64→64")
def pooling_by_a_convolution(m: Any) -> None:
    m.maxpool = nn.Conv2d(64, 64, 3, stride=2, padding=1)


@edit(RESNET, "~ avgpool (AdaptiveMaxPool2d): AdaptiveAvgPool2d → AdaptiveMaxPool2d")
def max_instead_of_mean(m: Any) -> None:
    m.avgpool = nn.AdaptiveMaxPool2d(1)


@edit(RESNET, "~ layer{1…4}.{0,1}.relu (GELU ×8): ReLU → GELU")
def activation_in_all_blocks(m: Any) -> None:
    for block in m.modules():
        if isinstance(block, resnet.BasicBlock):
            block.relu = nn.GELU()


@edit(RESNET, "~ layer{1…4}.0.relu (GELU ×4): ReLU → GELU")
def activation_in_every_second_block(m: Any) -> None:
    for layer in (m.layer1, m.layer2, m.layer3, m.layer4):
        layer[0].relu = nn.GELU()


@edit(RESNET, "~ layer2.1.relu (GELU): ReLU → GELU")
def activation_in_one_block(m: Any) -> None:
    m.layer2[1].relu = nn.GELU()


@edit(
    RESNET,
    "~ bn1, layer{1…4}.{0,1}.bn{1,2}, layer{2…4}.0.downsample.1 (GroupNorm ×20): BatchNorm2d → GroupNorm, 32 groups",
)
def group_norm(m: Any) -> nn.Module:
    return models.resnet18(norm_layer=partial(nn.GroupNorm, 32))


@edit(RESNET, "~ bn1, layer{1…4}.{0,1}.bn{1,2}, layer{2…4}.0.downsample.1 (BatchNorm2d ×20): eps 1e-05 → 0.001")
def eps_of_all_norms(m: Any) -> nn.Module:
    return models.resnet18(norm_layer=partial(nn.BatchNorm2d, eps=1e-3))


@edit(RESNET, "~ layer2.0.bn1 (Identity): BatchNorm2d → Identity")
def norm_removed(m: Any) -> None:
    m.layer2[0].bn1 = nn.Identity()


@edit(RESNET, "~ fc (Linear): out 1000 → 10")
def other_classes(m: Any) -> None:
    m.fc = nn.Linear(512, 10)


@edit(RESNET, "~ fc (Linear): bias removed")
def head_without_bias(m: Any) -> None:
    m.fc = nn.Linear(512, 1000, bias=False)


@edit(RESNET, "~ fc (Sequential): Linear → Sequential, Linear ×2 · ReLU")
def head_of_several_layers(m: Any) -> None:
    m.fc = nn.Sequential(nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))


@edit(
    RESNET, "+ fc.0 (Dropout): p 0.2", "~ fc (Sequential): put around Linear, now 1", "~ fc.1 (Linear): out 1000 → 10"
)
def head_behind_a_dropout(m: Any) -> None:  # in eval mode, the export sees no Dropout
    m.fc = nn.Sequential(nn.Dropout(0.2), nn.Linear(512, 10))


@edit(RESNET, "~ fc (Identity): Linear → Identity")
def no_head(m: Any) -> None:
    m.fc = nn.Identity()


@edit(RESNET, "+ layer3.2 (BasicBlock): Conv2d ×2 · BatchNorm2d ×2 · ReLU ×2 · add")
def one_more_block(m: Any) -> None:
    m.layer3.append(resnet.BasicBlock(256, 256))


@edit(RESNET, "- layer3.1 (BasicBlock): Conv2d ×2 · BatchNorm2d ×2 · ReLU ×2 · add")
def one_block_less(m: Any) -> None:
    del m.layer3[1]


@edit(RESNET, "+ layer{1…4}.2 (BasicBlock ×4): Conv2d ×2 · BatchNorm2d ×2 · ReLU ×2 · add")
def one_more_block_in_each_layer(m: Any) -> nn.Module:
    return models.ResNet(resnet.BasicBlock, [3, 3, 3, 3])


@edit(RESNET, "~ layer1 (Sequential): all weights frozen")
def one_layer_frozen(m: Any) -> None:
    m.layer1.requires_grad_(False)


@edit(RESNET, "~ the top: all weights frozen but those of fc")
def all_but_the_head_frozen(m: Any) -> None:
    m.requires_grad_(False)
    m.fc.requires_grad_(True)


@edit(RESNET, "~ x (input): shape 1×3×64×64 → 1×3×96×96", inputs=image(96))
def larger_images(m: Any) -> None:
    pass


@edit(RESNET, "~ x (input): shape 1×3×64×64 → batch×3×64×64", inputs=image(batch="batch"), dims={"batch": 2})
def any_batch(m: Any) -> None:
    pass


@edit(
    RESNET,
    "~ x (input): shape 1×3×64×64 → 1×1×64×64",
    "~ conv1 (Conv2d): in 3 → 1",
    inputs=positional(tensor(1, 1, 64, 64)),
)
def grey_images(m: Any) -> None:
    m.conv1 = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)


@edit(RESNET, "~ x (input): type f32 → f16", "~ the top: all weights f32 → f16", inputs=image(dtype="float16"))
def half(m: Any) -> None:
    m.half()


class Wrapped(nn.Module):
    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.backbone(x)


@edit(RESNET, "~ backbone (ResNet): put around conv1, bn1, relu and 8 more")
def wrapped(m: Any) -> nn.Module:
    return Wrapped(m)


WRAPPED = Base("wrapped resnet18", lambda: Wrapped(models.resnet18()), image())


@edit(WRAPPED, "~ the top: conv1, bn1, relu and 8 more taken out of backbone (ResNet)")
def unwrapped(m: Any) -> nn.Module:
    return m.backbone


@edit(WRAPPED, "~ encoder (ResNet): was backbone")
def wrapped_by_another_name(m: Any) -> nn.Module:
    class Wrapped(nn.Module):
        def __init__(self, encoder: nn.Module) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.encoder(x)

    return Wrapped(m.backbone)


@edit(
    RESNET,
    "~ 0 (ResNet): put around conv1, bn1, relu and 8 more",
    "+ 1 (Softmax): dim 1",
    "~ input (input): was x",  # as Sequential calls it
)
def softmax_behind_it_all(m: Any) -> nn.Module:
    return nn.Sequential(m, nn.Softmax(1))


class Renamed(nn.Module):
    """resnet18 with its stem by other names."""

    def __init__(self, net: Any) -> None:
        super().__init__()
        for name, child in net.named_children():
            setattr(self, {"conv1": "stem_conv", "layer3": "stage3"}.get(name, name), child)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool(self.relu(self.bn1(self.stem_conv(x))))
        x = self.layer4(self.stage3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


@edit(RESNET, "~ stem_conv (Conv2d): was conv1", "~ stage3 (Sequential): was layer3")
def modules_renamed(m: Any) -> nn.Module:
    return Renamed(m)


@edit(RESNET, "~ layer{1…4}.{0,1} (ResidualBlock ×8): BasicBlock → ResidualBlock")
def class_renamed(m: Any) -> None:
    kind = type("ResidualBlock", (resnet.BasicBlock,), {"__module__": resnet.__name__})
    for block in m.modules():
        if isinstance(block, resnet.BasicBlock):
            block.__class__ = kind


def _plain_block(self: Any, x: torch.Tensor) -> torch.Tensor:
    return self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))))


@edit(RESNET, "- layer1.{0,1}.add() (×2): of bn2, input")
def no_residuals_in_one_layer(m: Any) -> None:
    for block in m.layer1:
        block.forward = _plain_block.__get__(block)


@edit(
    RESNET,
    "~ layer4.1.conv1 (Conv2d): kernel 3 → 5, pad 1 → 2",
    "+ layer1.2 (BasicBlock): Conv2d ×2 · BatchNorm2d ×2 · ReLU ×2 · add",
    "~ fc (Linear): out 1000 → 10",
    "~ relu (SiLU): ReLU → SiLU",
)
def four_edits(m: Any) -> None:
    m.layer4[1].conv1 = nn.Conv2d(512, 512, 5, padding=2, bias=False)
    m.layer1.append(resnet.BasicBlock(64, 64))
    m.fc = nn.Linear(512, 10)
    m.relu = nn.SiLU()


@edit(
    RESNET,
    "~ bn1, layer{1…4}.{0,1}.bn{1,2}, layer{2…4}.0.downsample.1 (BatchNorm2d ×20): training False → True",
    mode="train",
)
def training_mode_of_batch_norm(m: Any) -> None:  # which is exported alike in both modes
    pass


RESNET50 = Base("resnet50", models.resnet50, image(32))


@edit(
    RESNET50,
    "~ layer4.0.conv2 (Conv2d): stride 2 → 1, output 1×512×1×1 → 1×512×2×2",
    "~ layer4.0.downsample.0 (Conv2d): stride 2 → 1, output 1×2048×1×1 → 1×2048×2×2",
    "~ layer4.{1,2}.conv2 (Conv2d ×2): pad 1 → 2, dilation 1 → 2",
)
def dilation_instead_of_stride(m: Any) -> nn.Module:
    return models.resnet50(replace_stride_with_dilation=[False, False, True])


@edit(
    RESNET50,
    "~ layer{1,4}.{0…2}.conv1, layer2.{0…3}.conv1, layer3.{0…5}.conv1 (Conv2d ×16): out 64 → 128 … 512 → 1024",
    "~ layer{1,4}.{0…2}.bn{1,2}, layer2.{0…3}.bn{1,2}, layer3.{0…5}.bn{1,2} (BatchNorm2d ×32): "
    "weight, bias 64 → 128 … 512 → 1024",
    "~ layer{1,4}.{0…2}.conv2, layer2.{0…3}.conv2, layer3.{0…5}.conv2 (Conv2d ×16): in, out 64 → 128 … 512 → 1024",
    "~ layer{1,4}.{0…2}.conv3, layer2.{0…3}.conv3, layer3.{0…5}.conv3 (Conv2d ×16): in 64 → 128 … 512 → 1024",
)
def wider_bottlenecks(m: Any) -> nn.Module:
    return models.resnet50(width_per_group=128)


VGG = Base("vgg11_bn", models.vgg11_bn, image())


@edit(VGG, "+ features.4 (Conv2d): 3×3, pad 1, 64→64")
def layer_inserted(m: Any) -> None:
    m.features.insert(4, nn.Conv2d(64, 64, 3, padding=1))


@edit(VGG, "+ features.0 (Conv2d): 1×1, 3→3")
def layer_put_first(m: Any) -> None:
    m.features.insert(0, nn.Conv2d(3, 3, 1))


@edit(VGG, "+ features.29 (Conv2d): 3×3, pad 1, 512→512")
def layer_appended(m: Any) -> None:
    m.features.append(nn.Conv2d(512, 512, 3, padding=1))


@edit(
    VGG,
    "- features.11 (Conv2d): 3×3, pad 1, 256→256",
    "- features.12 (BatchNorm2d): weight, bias 256",
    "- features.13 (ReLU)",
)
def three_layers_removed(m: Any) -> None:
    del m.features[11:14]


@edit(VGG, "~ features.3 (AvgPool2d): MaxPool2d → AvgPool2d")
def pooling_replaced(m: Any) -> None:
    m.features[3] = nn.AvgPool2d(2)


@edit(VGG, "~ features.1 (ReLU): moved here from features.2")
def layers_swapped(m: Any) -> None:
    m.features[1], m.features[2] = m.features[2], m.features[1]


@edit(VGG, "~ features.{2,6,10,13,17,20,24,27} (LeakyReLU ×8): ReLU → LeakyReLU")
def activation_in_all_features(m: Any) -> None:
    for index, layer in enumerate(m.features):
        if isinstance(layer, nn.ReLU):
            m.features[index] = nn.LeakyReLU()


@edit(VGG, "- classifier.2 (Dropout): p 0.5")
def an_unseen_dropout_removed(m: Any) -> None:
    del m.classifier[2]


@edit(VGG, "~ classifier.2 (Dropout): p 0.5 → 0.1")
def another_dropout_in_eval_mode(m: Any) -> None:
    m.classifier[2] = nn.Dropout(0.1)


@edit(VGG, "~ classifier.0 (Linear): out 4096 → 1024", "~ classifier.3 (Linear): in 4096 → 1024")
def a_smaller_classifier(m: Any) -> None:
    m.classifier[0], m.classifier[3] = nn.Linear(25088, 1024), nn.Linear(1024, 4096)


TRAINED_VGG = Base("vgg11_bn in train mode", models.vgg11_bn, image(), mode="train")


@edit(TRAINED_VGG, "~ classifier.2 (Dropout): p 0.5 → 0.1")
def another_dropout(m: Any) -> None:
    m.classifier[2] = nn.Dropout(0.1)


@edit(TRAINED_VGG, "- classifier.5 (Dropout): p 0.5")
def dropout_removed(m: Any) -> None:
    del m.classifier[5]


MOBILENET = Base("mobilenet_v3_small", models.mobilenet_v3_small, image())


@edit(MOBILENET, "~ features.4.block.0.2 (ReLU): Hardswish → ReLU")
def one_activation(m: Any) -> None:
    m.features[4].block[0][2] = nn.ReLU()


@edit(
    MOBILENET,
    "- features.1.block.1 (SqueezeExcitation): Conv2d ×2 · AdaptiveAvgPool2d · ReLU · Hardsigmoid · 1 more",
)
def squeeze_excitation_removed(m: Any) -> None:
    del m.features[1].block[1]


EFFICIENTNET = Base("efficientnet_b0", models.efficientnet_b0, image(32))


@edit(EFFICIENTNET, "~ features.0.2 … features.8.2 (Hardswish ×49): SiLU → Hardswish")
def every_activation(m: Any) -> None:
    for module in list(m.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.SiLU):
                setattr(module, name, nn.Hardswish())


@edit(EFFICIENTNET, "~ features.4.1.block.1.0 (Conv2d): kernel 3 → 5, pad 1 → 2")
def kernel_of_one_depthwise_convolution(m: Any) -> None:
    width = m.features[4][1].block[1][0].in_channels
    m.features[4][1].block[1][0] = nn.Conv2d(width, width, 5, padding=2, groups=width, bias=False)


DENSENET = Base("densenet", lambda: models.DenseNet(8, (3, 3), 16, 2, num_classes=10), image())


@edit(
    DENSENET,
    "+ features.denseblock2.denselayer4 (_DenseLayer): BatchNorm2d ×2 · ReLU ×2 · Conv2d ×2 · cat",
    "~ features.norm5 (BatchNorm2d): weight, bias 44 → 52",
    "~ classifier (Linear): in 44 → 52",
)
def one_more_dense_layer(m: Any) -> nn.Module:
    return models.DenseNet(8, (3, 4), 16, 2, num_classes=10)


GOOGLENET = Base("googlenet", lambda: models.googlenet(aux_logits=False, init_weights=False), image())


@edit(GOOGLENET, "~ inception3a.branch3.1.conv (Conv2d): kernel 3 → 5, pad 1 → 2")
def five_by_five_as_in_the_paper(m: Any) -> None:
    m.inception3a.branch3[1].conv = nn.Conv2d(16, 32, 5, padding=2, bias=False)


def _backwards(self: Any, x: torch.Tensor) -> torch.Tensor:
    return torch.cat(self._forward(x)[::-1], 1)


@edit(
    GOOGLENET,
    "~ inception4b.cat(): receives branch4.1.relu, branch3.1.relu, … instead of branch1.relu, branch2.1.relu, …",
)
def concatenated_backwards(m: Any) -> None:
    m.inception4b.forward = _backwards.__get__(m.inception4b)


@edit(
    GOOGLENET,
    "- inception5b.branch4 (Sequential): MaxPool2d · Conv2d · BatchNorm2d · relu",
    "~ fc (Linear): in 1024 → 896",
)
def one_branch_less(m: Any) -> None:
    def forward(x: torch.Tensor) -> torch.Tensor:
        block = m.inception5b
        return torch.cat([block.branch1(x), block.branch2(x), block.branch3(x)], 1)

    m.inception5b.forward = forward
    del m.inception5b.branch4
    m.fc = nn.Linear(896, 1000)


def swin(**options: Any) -> nn.Module:
    sizes = {"patch_size": [4, 4], "embed_dim": 32, "depths": [2, 2], "num_heads": [2, 4], "window_size": [4, 4]}
    return swin_transformer.SwinTransformer(**{**sizes, "num_classes": 10, **options})


SWIN = Base("swin", swin, image())


@edit(
    SWIN,
    "~ features.{1,3}.{0,1}.mlp.0 (Linear ×4): out 128 → 64 … 256 → 128",
    "~ features.{1,3}.{0,1}.mlp.3 (Linear ×4): in 128 → 64 … 256 → 128",
)
def narrower_mlp(m: Any) -> nn.Module:
    return swin(mlp_ratio=2)


@edit(SWIN, "~ features.2.norm (Identity): LayerNorm → Identity")
def norm_of_merging_removed(m: Any) -> None:
    m.features[2].norm = nn.Identity()


CONVNEXT = Base("convnext_tiny", models.convnext_tiny, image(32))


@edit(
    CONVNEXT,
    "~ features.{1,3,7}.{0…2}.block.0, features.5.{0…8}.block.0 (Conv2d ×18): kernel 7 → 5, pad 3 → 2",
)
def smaller_kernels(m: Any) -> None:
    for stage in (1, 3, 5, 7):
        for block in m.features[stage]:
            width = block.block[0].in_channels
            block.block[0] = nn.Conv2d(width, width, 5, padding=2, groups=width)


def vit(**options: Any) -> nn.Module:
    sizes = {"image_size": 32, "patch_size": 8, "num_layers": 4, "num_heads": 4, "hidden_dim": 64, "mlp_dim": 128}
    return models.VisionTransformer(**{**sizes, "num_classes": 10, **options})


VIT = Base("vit", vit, image(32))


@edit(VIT, "~ encoder.layers.encoder_layer_{0…3}.self_attention (MultiheadAttention ×4): heads 4 → 8")
def more_heads(m: Any) -> nn.Module:
    return vit(num_heads=8)


@edit(
    VIT,
    "+ heads.pre_logits (Linear): 64→32",
    "+ heads.act (Tanh)",
    "~ heads.head (Linear): in 64 → 32",
)
def a_head_of_two_layers(m: Any) -> nn.Module:
    return vit(representation_size=32)


SEGMENTATION = Base(
    "fcn_resnet50",
    lambda: models.segmentation.fcn_resnet50(weights=None, weights_backbone=None, aux_loss=False),
    image(32),
)


@edit(SEGMENTATION, "~ classifier.4 (Conv2d): out 21 → 2")
def two_classes(m: Any) -> nn.Module:
    return models.segmentation.fcn_resnet50(weights=None, weights_backbone=None, aux_loss=False, num_classes=2)


@edit(
    SEGMENTATION,
    "+ aux_classifier (FCNHead): Conv2d ×2 · BatchNorm2d · ReLU · Dropout",
    "+ interpolate()#2: size 32, mode bilinear",
    "+ aux (output): 1×21×32×32 f32",
)
def auxiliary_head(m: Any) -> nn.Module:
    return models.segmentation.fcn_resnet50(weights=None, weights_backbone=None, aux_loss=True)


@edit(MOBILENET, "~ features.{4…6}.block.2.fc1 (Conv2d ×3): bias removed")
def no_bias_in_some_blocks(m: Any) -> None:
    for index in (4, 5, 6):
        old = m.features[index].block[2].fc1
        m.features[index].block[2].fc1 = nn.Conv2d(old.in_channels, old.out_channels, 1, bias=False)


@edit(MOBILENET, "~ features.12.1 (Identity): BatchNorm2d → Identity")
def a_norm_that_became_nothing(m: Any) -> None:
    m.features[12][1] = nn.Identity()
