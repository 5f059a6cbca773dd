"""Models of open_clip, made small."""

import vision  # noqa: F401  # open_clip imports torchvision: beside any build of torch after it

# isort: split
import open_clip
from open_clip.coca_model import MultimodalCfg
from torch import nn


def clip() -> nn.Module:
    """A residual net that looks, with attention as its pool, beside a transformer that reads."""
    look = open_clip.CLIPVisionCfg(layers=(1, 1, 1, 1), width=16, head_width=16, image_size=64)
    return open_clip.CLIP(24, look, _reader(), output_dict=True)


def coca() -> nn.Module:
    """Captions and contrast."""
    look = open_clip.CLIPVisionCfg(
        layers=2, width=32, head_width=8, patch_size=16, image_size=64, attentional_pool=True, attn_pooler_heads=4,
        attn_pooler_queries=8, output_tokens=True,
    )  # fmt: skip
    read = _reader(embed_cls=True, output_tokens=True, context_length=15)
    write = MultimodalCfg(width=32, heads=4, layers=2, context_length=15, vocab_size=100)
    return open_clip.CoCa(32, write, read, look)


def _reader(**options: object) -> open_clip.CLIPTextCfg:
    small = {"context_length": 16, "vocab_size": 100, "width": 32, "heads": 4, "layers": 2}
    return open_clip.CLIPTextCfg(**{**small, **options})
