"""Changes of which weights are shared, frozen or adapted, and of their types."""

import torch
from history import IDS, Block, changed, history
from mutation import positional, tensor
from refactoring import IMAGES
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

STILL = (r"moved here", r": was ")


class Language(nn.Module):
    def __init__(self, tied: bool) -> None:
        super().__init__()
        self.wte, self.h, self.lm_head = nn.Embedding(100, 16), nn.Linear(16, 16), nn.Linear(16, 100, bias=False)
        if tied:
            self.lm_head.weight = self.wte.weight

    def forward(self, ids: Tensor) -> Tensor:
        return self.lm_head(F.gelu(self.h(self.wte(ids))))


ONLY_SHARED = (*STILL, r"^[+-] ", r"\bh \(", r"(in|out) \d")
history(
    "nanoGPT: weights of the head tied to the embedding",
    lambda: Language(False),
    lambda: Language(True),
    r"lm_head.*shared with wte|wte.*shared with lm_head",
    loads=True,
    inputs=IDS,
    never=ONLY_SHARED,
)
history(
    "mamba: weights of the head no longer tied",
    lambda: Language(True),
    lambda: Language(False),
    r"lm_head.*no longer shared|wte.*no longer shared",
    loads=True,
    inputs=IDS,
    never=ONLY_SHARED,
)


@changed(
    "x-transformers: logits by a layer of their own",
    r"to_logits",
    r"token_emb|shared",
    loads=False,
    inputs=IDS,
    never=(*STILL, r"layer \("),
)
class Untied(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.token_emb, self.layer = nn.Embedding(100, 16), nn.Linear(16, 16)
        self.to_logits = nn.Linear(16, 100) if new else None

    def forward(self, ids: Tensor) -> Tensor:
        x = self.layer(self.token_emb(ids))
        return self.to_logits(x) if self.to_logits else x @ self.token_emb.weight.t()


@changed(
    "x-transformers: one block called again and again",
    r"blocks\.0.*called|called.*(more|twice|thrice|3)",
    r"- blocks|blocks\.\{?[12]",
    loads=False,
    never=(*STILL, r"head \("),
)
class Recurrent(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.blocks = new, nn.ModuleList(Block() for _ in range(1 if new else 3))
        self.head = nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        for block in [*self.blocks] * (3 if self.new else 1):
            x = block(x)
        return self.head(x)


@changed(
    "Deformable-DETR: the same head behind each layer",
    r"class_embed.*(shared|called)",
    loads=True,
    never=(*STILL, r"layers\.\d \(", r"(in|out) \d"),
)
class SharedHeads(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.layers, first = nn.ModuleList(nn.Linear(16, 16) for _ in range(2)), nn.Linear(16, 4)
        self.class_embed = nn.ModuleList([first, first if new else nn.Linear(16, 4)])

    def forward(self, x: Tensor) -> list[Tensor]:
        logits = []
        for layer, head in zip(self.layers, self.class_embed, strict=True):
            x = F.relu(layer(x))
            logits.append(head(x))
        return logits


class LowRank(nn.Linear):
    def __init__(self, rank: int) -> None:
        super().__init__(16, 16)
        self.lora_A, self.lora_B = nn.Parameter(torch.randn(rank, 16)), nn.Parameter(torch.zeros(16, rank))
        self.weight.requires_grad, self.scaling = False, 16 / rank

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) + x @ self.lora_A.t() @ self.lora_B.t() * self.scaling


def adapted(rank: int) -> nn.Module:
    return nn.Sequential(*(LowRank(rank) if rank else nn.Linear(16, 16) for _ in range(2)), nn.Linear(16, 4))


history(
    "LoRA: layers of low rank beside frozen ones",
    lambda: adapted(0),
    lambda: adapted(4),
    r"Linear → LowRank|lora_A",
    r"frozen",
    loads=False,
    never=(*STILL, r"2 \(Linear"),
)
history(
    "LoRA: a higher rank",
    lambda: adapted(4),
    lambda: adapted(8),
    r"lora_A.*4×16 → 8×16|lora_A.*16×4 → 16×8",
    r"lora_B.*16×4 → 16×8|lora_B.*4×16 → 8×16",
    r"4 → 2",
    loads=False,
    never=(*STILL, r"^[+-] ", r"2 \(Linear"),
)


class ConvLora(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


history(
    "LoRA: a module around each convolution",
    lambda: nn.Sequential(nn.Conv2d(8, 8, 1), nn.ReLU(), nn.Conv2d(8, 8, 1)),
    lambda: nn.Sequential(ConvLora(), nn.ReLU(), ConvLora()),
    r"ConvLora|conv.*was",
    loads=False,
    renames={f"{i}.{key}": f"{i}.conv.{key}" for i in (0, 2) for key in ("weight", "bias")},
    inputs=IMAGES,
    never=(r"moved here", r"^[+-] .*\(Conv2d", r"ReLU"),
)


@changed(
    "vit-pytorch: a frozen encoder",
    r"visual.*frozen",
    loads=True,
    never=(*STILL, r"^[+-] ", r"action"),
)
class FrozenEncoder(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.visual, self.action = nn.Sequential(Block(), Block(), nn.Linear(16, 8)), nn.Linear(8, 4)
        self.visual.requires_grad_(not new)

    def forward(self, x: Tensor) -> Tensor:
        return self.action(self.visual(x))


class Adapter(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(16, 4), nn.Linear(4, 16)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.up(F.gelu(self.down(x)))


@changed(
    "adapters: adapters in a frozen model",
    r"\+ .*adapter.*Adapter ×2",
    r"frozen",
    loads=False,
    never=(*STILL, r"head.*frozen", r"frozen but"),
)
class Adapted(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.blocks, self.head = nn.ModuleList(Block() for _ in range(2)), nn.Linear(16, 4)
        self.blocks.requires_grad_(not new)
        self.adapters = nn.ModuleList(Adapter() for _ in range(2)) if new else []

    def forward(self, x: Tensor) -> Tensor:
        for i, block in enumerate(self.blocks):
            x = block(x)
            x = self.adapters[i](x) if self.adapters else x
        return self.head(x)


@changed(
    "mamba: decays in float32",
    r"f32|bf16|float",
    loads=True,
    inputs=positional(tensor(2, 6, 16, dtype="bfloat16")),
    never=(r"a_log removed", *STILL, r"\(Linear\): (in|out)"),
)
class Decay(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.in_proj, self.a_log = new, nn.Linear(16, 16), nn.Parameter(torch.zeros(16))
        self.bfloat16()

    def forward(self, x: Tensor) -> Tensor:
        decay = -torch.exp(self.a_log.float() if self.new else self.a_log)
        return (self.in_proj(x) * torch.exp(decay)).to(x.dtype)


history(
    "whisper: weights of half precision",
    lambda: nn.Sequential(Block(), nn.Linear(16, 4)),
    lambda: nn.Sequential(Block(), nn.Linear(16, 4)).half(),
    r"f32 → f16",
    loads=True,
    inputs=positional(tensor(2, 6, 16)),
    then=positional(tensor(2, 6, 16, dtype="float16")),
    never=(*STILL, r"^[+-] "),
)
