"""Edits to timm's models."""

from typing import Any

import edits_torchvision  # noqa: F401  (timm imports torchvision)
import timm
import torch
from mutation import Base, edit, image
from timm.layers import set_fused_attn
from timm.models.levit import Levit
from timm.models.mlp_mixer import MlpMixer
from timm.models.vision_transformer import Block
from torch import nn

WIDTH = 64


def vit(**options: Any) -> nn.Module:
    sizes = {"img_size": 64, "depth": 6, "embed_dim": WIDTH, "num_heads": 4, "num_classes": 10}
    return timm.create_model("vit_tiny_patch16_224", **{**sizes, **options})


VIT = Base("timm vit", vit, image())
BLOCK = "Linear ×4 · LayerNorm ×2 · view ×2 · add ×2 · 5 more"


@edit(VIT, "~ blocks.{0…5}.mlp.act (ReLU ×6): GELU → ReLU")
def activation_in_all_blocks(m: Any) -> nn.Module:
    return vit(act_layer=nn.ReLU)


@edit(VIT, "~ blocks.5.mlp.act (ReLU): GELU → ReLU")
def activation_in_the_last_block(m: Any) -> None:
    m.blocks[5].mlp.act = nn.ReLU()


@edit(VIT, "~ blocks.{0,2,4}.mlp.act (ReLU ×3): GELU → ReLU")
def activation_in_every_second_block(m: Any) -> None:
    for block in m.blocks[::2]:
        block.mlp.act = nn.ReLU()


@edit(VIT, "+ blocks.{6,7} (Block ×2): Linear ×4 · LayerNorm ×2 · add ×2 · scaled_dot_product_attention · 4 more")
def deeper(m: Any) -> nn.Module:
    return vit(depth=8)


@edit(VIT, "- blocks.{4,5} (Block ×2): Linear ×4 · LayerNorm ×2 · add ×2 · scaled_dot_product_attention · 4 more")
def shallower(m: Any) -> nn.Module:
    return vit(depth=4)


@edit(VIT, "+ blocks.3 (Block): Linear ×4 · LayerNorm ×2 · add ×2 · scaled_dot_product_attention · 4 more")
def another_block_in_the_middle(m: Any) -> None:
    m.blocks.insert(3, Block(WIDTH, 4, mlp_ratio=2, qkv_bias=True, norm_layer=nn.LayerNorm))


@edit(VIT, "~ blocks.{0…5}.attn.scaled_dot_product_attention() (×6): heads 4 → 8")
def more_heads(m: Any) -> nn.Module:
    return vit(num_heads=8)


@edit(
    VIT,
    "~ blocks.{0…5}.mlp.fc1 (Linear ×6): out 256 → 128",
    "~ blocks.{0…5}.mlp.fc2 (Linear ×6): in 256 → 128",
)
def narrower_mlp(m: Any) -> nn.Module:
    return vit(mlp_ratio=2)


@edit(VIT, "~ blocks.{0…5}.attn.qkv (Linear ×6): bias removed")
def attention_without_bias(m: Any) -> nn.Module:
    return vit(qkv_bias=False)


@edit(VIT, "~ blocks.{0…5}.attn.{q_norm,k_norm} (LayerNorm ×12): Identity → LayerNorm, eps 1e-06")
def queries_and_keys_normalised(m: Any) -> nn.Module:
    return vit(qk_norm=True)


@edit(VIT, "~ norm (Identity): LayerNorm → Identity")
def last_norm_removed(m: Any) -> None:
    m.norm = nn.Identity()


@edit(VIT, "~ cat(): reg_token added 1×4×64", "~ add(): pos_embed 1×17×64 → 1×21×64")
def registers(m: Any) -> nn.Module:
    return vit(reg_tokens=4)


@edit(
    VIT,
    "~ patch_embed.proj (Conv2d): kernel 16 → 8, stride 16 → 8, output 1×64×4×4 → 1×64×8×8",
    "~ add(): pos_embed 1×17×64 → 1×65×64",
)
def smaller_patches(m: Any) -> nn.Module:
    return vit(patch_size=8)


@edit(VIT, "~ x (input): shape 1×3×64×64 → 1×3×96×96", "~ add(): pos_embed 1×17×64 → 1×37×64", inputs=image(96))
def larger_images(m: Any) -> nn.Module:
    return vit(img_size=96)


@edit(
    VIT,
    "~ patch_embed.proj … head (×39): sizes 64 → 96, 192 → 288, 256 → 384 of Conv2d, LayerNorm ×13 and Linear ×25",
    "~ cat(): cls_token 1×1×64 → 1×1×96",
    "~ add(): pos_embed 1×17×64 → 1×17×96",
)
def wider(m: Any) -> nn.Module:
    return vit(embed_dim=96)


@edit(
    VIT,
    "~ blocks.{0…5}.attn (Attention ×6): scaled_dot_product_attention() → mul(), permute(), matmul(), softmax(), matmul()",
)
def attention_written_out(m: Any) -> nn.Module:
    set_fused_attn(False)
    try:
        return vit()
    finally:
        set_fused_attn(True)


@edit(VIT, "~ blocks.{0…5}.ls{1,2} (LayerScale ×12): Identity → LayerScale")
def layer_scale(m: Any) -> nn.Module:
    return vit(init_values=1e-5)


@edit(VIT, "~ the top: all weights frozen but those of head")
def only_the_head_is_trained(m: Any) -> None:
    m.requires_grad_(False)
    m.head.requires_grad_(True)


@edit(VIT, "~ blocks.{0…2} (Block ×3): all weights frozen")
def half_of_the_blocks_frozen(m: Any) -> None:
    m.blocks[:3].requires_grad_(False)


@edit(
    VIT,
    "- blocks.3.norm1 (LayerNorm): eps 1e-06",
    "- blocks.3.attn (Attention): Linear ×2 · scaled_dot_product_attention · reshape ×2 · permute ×2 · 1 more",
    "- blocks.3.add(): of input, drop_path1",
)
def one_block_without_attention(m: Any) -> None:
    def forward(x: torch.Tensor, **_: Any) -> torch.Tensor:
        return x + block.mlp(block.norm2(x))

    block = m.blocks[3]
    block.forward = forward
    del block.attn, block.norm1


def mixer(**options: Any) -> nn.Module:
    return MlpMixer(num_classes=10, img_size=64, patch_size=16, num_blocks=4, embed_dim=WIDTH, **options)


MIXER = Base("mixer", mixer, image())


@edit(MIXER, "~ blocks.{0…3}.{mlp_tokens,mlp_channels}.act (SiLU ×8): GELU → SiLU")
def every_activation(m: Any) -> nn.Module:
    return mixer(act_layer=nn.SiLU)


@edit(MIXER, "~ blocks.{0…3}.norm{1,2}, norm (LayerNorm ×9): eps 1e-06 → 1e-05")
def eps(m: Any) -> None:
    for module in m.modules():
        if isinstance(module, nn.LayerNorm):
            module.eps = 1e-5


@edit(MIXER, "- blocks.3 (MixerBlock): Linear ×4 · LayerNorm ×2 · GELU ×2 · add ×2 · 1 more")
def a_block_less(m: Any) -> None:
    del m.blocks[1]


RESNET = Base("timm resnet18", lambda **k: timm.create_model("resnet18", **k), image())


@edit(RESNET, "+ layer{1…4}.{0,1}.se (SEModule ×8): Conv2d ×2 · mean · ReLU · Sigmoid · 1 more")
def squeeze_and_excitation(m: Any) -> nn.Module:
    return RESNET.make(block_args={"attn_layer": "se"})


@edit(RESNET, "+ layer{1…4}.{0,1}.se (EcaModule ×8): mean · Conv1d · Sigmoid · mul · 1 more")
def efficient_channel_attention(m: Any) -> nn.Module:
    return RESNET.make(block_args={"attn_layer": "eca"})


REGNET = Base("regnetx_002", lambda: timm.create_model("regnetx_002"), image())


@edit(REGNET, "~ s1.b1.conv2.conv (Conv2d): groups 3 → 24")
def depthwise(m: Any) -> None:
    m.s1.b1.conv2.conv = nn.Conv2d(24, 24, 3, stride=2, padding=1, groups=24, bias=False)


def levit(**options: Any) -> nn.Module:
    sizes = {"embed_dim": (32, 48), "key_dim": 8, "depth": (2, 1), "num_heads": (4, 6), "mlp_ratio": 2}
    return Levit(img_size=64, num_classes=10, **{**sizes, **options})


LEVIT = Base("levit", levit, image())


@edit(LEVIT, "~ stem (Stem16): all weights frozen")
def stem_frozen(m: Any) -> None:
    m.stem.requires_grad_(False)


@edit(LEVIT, "+ stages.0.blocks.2 (LevitBlock): Linear ×4 · BatchNorm1d ×4 · add ×3 · matmul ×2 · 8 more")
def one_more_block_in_the_first_stage(m: Any) -> nn.Module:
    return levit(depth=(3, 1))


CONVNEXT = Base("convnextv2_atto", lambda: timm.create_model("convnextv2_atto"), image())


@edit(
    CONVNEXT,
    "~ stages.{0,1,3}.blocks.{0,1}.mlp.grn, stages.2.blocks.{0…5}.mlp.grn (Identity ×12): GlobalResponseNorm → Identity",
)
def no_response_norm(m: Any) -> None:
    for stage in m.stages:
        for block in stage.blocks:
            block.mlp.grn = nn.Identity()


RESNEST = Base("resnest14d", lambda: timm.create_model("resnest14d"), image())


@edit(RESNEST, "~ layer1.0.conv2.act1 (SiLU): ReLU → SiLU")
def activation_inside_split_attention(m: Any) -> None:
    m.layer1[0].conv2.act1 = nn.SiLU()
