"""Changes of embeddings: vocabularies, positions, patches and tokens that are added."""

import torch
from history import IDS, changed, history
from mutation import ids, positional, tensor
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

STILL = (r"moved here", r": was ")


class Language(nn.Module):
    def __init__(self, vocabulary: int = 100, length: int = 8) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocabulary, 16), nn.Embedding(length, 16)
        self.h, self.lm_head = nn.Linear(16, 16), nn.Linear(16, vocabulary, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.wte(ids) + self.wpe(torch.arange(ids.size(1)))
        return self.lm_head(self.h(x))


history(
    "nanoGPT: a vocabulary of a rounder size",
    lambda: Language(100),
    lambda: Language(128),
    r"wte \(Embedding\).*100×16 → 128×16",
    r"lm_head \(Linear\): out 100 → 128",
    loads=False,
    inputs=IDS,
    never=(*STILL, r"^[+-] ", r"wpe", r"\bh \("),
)
history(
    "nanoGPT: a shorter block",
    lambda: Language(length=16),
    lambda: Language(length=8),
    r"wpe \(Embedding\).*16×16 → 8×16",
    loads=False,
    inputs=positional(ids(2, 6)),
    never=(*STILL, r"^[+-] ", r"wte", r"\(Linear"),
)


class Sinusoidal(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.register_buffer("freqs", 1 / 10_000 ** (torch.arange(0, 16, 2) / 16), persistent=False)

    def forward(self, positions: Tensor) -> Tensor:
        angles = positions[:, None] * self.freqs
        return torch.cat([angles.sin(), angles.cos()], -1) * self.scale


@changed(
    "x-transformers: scaled sinusoidal positions",
    r"pos_emb.*Embedding → Sinusoidal",
    loads=False,
    inputs=IDS,
    never=(*STILL, r"token_emb", r"\(Linear"),
)
class Sinus(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.token_emb, self.pos_emb = nn.Embedding(100, 16), Sinusoidal() if new else nn.Embedding(6, 16)
        self.out = nn.Linear(16, 4)

    def forward(self, ids: Tensor) -> Tensor:
        return self.out(self.token_emb(ids) + self.pos_emb(torch.arange(6)))


@changed(
    "x-transformers: no absolute positions",
    r"- (.*pos_emb|add)",
    r"pos_emb",
    loads=False,
    inputs=IDS,
    never=(*STILL, r"token_emb \(", r"\(Linear"),
)
class NoPositions(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.token_emb, self.out = nn.Embedding(100, 16), nn.Linear(16, 4)
        self.pos_emb = None if new else nn.Embedding(6, 16)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.token_emb(ids)
        return self.out(x + self.pos_emb(torch.arange(6)) if self.pos_emb else x)


@changed(
    "x-transformers: norm behind the embeddings",
    r"post_emb_norm \(LayerNorm",
    loads=False,
    inputs=IDS,
    never=(*STILL, r"\((Linear|Embedding)"),
)
class PostNorm(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.token_emb, self.out = nn.Embedding(100, 16), nn.Linear(16, 4)
        self.post_emb_norm = nn.LayerNorm(16) if new else nn.Identity()

    def forward(self, ids: Tensor) -> Tensor:
        return self.out(self.post_emb_norm(self.token_emb(ids)))


@changed(
    "x-transformers: embeddings of fewer channels",
    r"token_emb \(Embedding\).*100×16 → 100×8",
    r"project_emb \(Linear\):.* 8→16",
    loads=False,
    inputs=IDS,
    never=(*STILL, r"out \("),
)
class Factorised(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.token_emb, self.out = nn.Embedding(100, 8 if new else 16), nn.Linear(16, 4)
        self.project_emb = nn.Linear(8, 16) if new else nn.Identity()

    def forward(self, ids: Tensor) -> Tensor:
        return self.out(self.project_emb(self.token_emb(ids)))


class Vision(nn.Module):
    """A transformer of images, but for the transformer."""

    def __init__(self, new: bool, kernel: int = 4) -> None:
        super().__init__()
        self.new, self.patch_embed = new, nn.Conv2d(8, 16, kernel, stride=4, padding=(kernel - 4 + 1) // 2)
        self.cls_token, self.pos_embedding = nn.Parameter(torch.zeros(1, 1, 16)), nn.Parameter(torch.zeros(1, 10, 16))
        self.transformer, self.head = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patch_embed(x).flatten(2).transpose(1, 2)
        return self.head(self.pooled(self.transformer(self.tokens(x))))

    def tokens(self, x: Tensor) -> Tensor:
        return torch.cat([self.cls_token.expand(2, -1, -1), x], 1) + self.pos_embedding

    def pooled(self, x: Tensor) -> Tensor:
        return x[:, 0]


UNTOUCHED = (*STILL, r"patch_embed", r"head \(", r"linear[12] \(")


@changed(
    "vit-pytorch: register tokens",
    r"register_tokens",
    r"\[:, (4:|:-4|:10)\]|- |\+ ",
    loads=False,
    inputs=IMAGES,
    never=UNTOUCHED,
)
class Registers(Vision):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        if new:
            self.register_tokens = nn.Parameter(torch.zeros(4, 16))

    def tokens(self, x: Tensor) -> Tensor:
        x = super().tokens(x)
        return torch.cat([x, self.register_tokens.expand(2, -1, -1)], 1) if self.new else x

    def pooled(self, x: Tensor) -> Tensor:
        return (x[:, :-4] if self.new else x).mean(1)


@changed("vit-pytorch: mean pool", r"getitem.*(→|->).*mean|\[:, 0\]|mean", loads=True, inputs=IMAGES, never=UNTOUCHED)
class MeanPool(Vision):
    def pooled(self, x: Tensor) -> Tensor:
        return x.mean(1) if self.new else x[:, 0]


@changed(
    "vit-pytorch: positions without a batch of one",
    r"pos_embedding.*1×10×16 → 10×16",
    loads=False,
    inputs=IMAGES,
    never=UNTOUCHED,
)
class Batchless(Vision):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        self.pos_embedding = nn.Parameter(torch.zeros(*([] if new else [1]), 10, 16))


@changed(
    "timm: patches that overlap",
    r"patch_embed \(Conv2d\): kernel 4 → 8, pad 0 → 2",
    loads=False,
    inputs=IMAGES,
    never=(*STILL, r"^[+-] ", r"pos_embedding", r"head \("),
)
class Overlapping(Vision):
    def __init__(self, new: bool) -> None:
        super().__init__(new, 8 if new else 4)


class Rearranged(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.unfold(x, 4, stride=4).transpose(1, 2)


@changed(
    "timm: patches by convolution",
    r"patch_embed.*Sequential → Conv2d",
    loads=False,
    inputs=IMAGES,
    never=(*STILL, r"head \("),
)
class Patches(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.head = new, nn.Linear(16, 4)
        self.patch_embed = nn.Conv2d(8, 16, 4, stride=4) if new else nn.Sequential(Rearranged(), nn.Linear(128, 16))

    def forward(self, x: Tensor) -> Tensor:
        x = self.patch_embed(x)
        return self.head((x.flatten(2).transpose(1, 2) if self.new else x).mean(1))


@changed(
    "vit-pytorch: positions added to what the decoder reads",
    r"\+ .*(add\(\)|decoder_pos_emb)",
    loads=True,
    never=(*STILL, r"receives (\S+) instead of \1\b", r"arange\(\): output", r"\(Linear"),
    inputs=positional(tensor(2, 6, 16)),
)
class Reapplied(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.enc_to_dec, self.decoder = new, nn.Linear(16, 8), nn.Linear(8, 8)
        self.decoder_pos_emb, self.mask_token = nn.Embedding(8, 8), nn.Parameter(torch.zeros(8))

    def forward(self, x: Tensor) -> Tensor:
        x = self.enc_to_dec(x)
        if self.new:
            x = x + self.decoder_pos_emb(torch.arange(6))
        masked = self.mask_token + self.decoder_pos_emb(torch.arange(6, 8))
        return self.decoder(torch.cat([x, masked.expand(2, -1, -1)], 1))
