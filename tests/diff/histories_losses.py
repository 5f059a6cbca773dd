"""Changes of what is compared with what, of logits, and of losses in a model."""

import torch
from history import IDS, changed
from mutation import ids, named, positional, tensor
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

STILL = (r"moved here", r": was ")
TWO = positional(tensor(4, 16), tensor(4, 16))


class Contrastive(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.visual, self.text = new, nn.Linear(16, 8), nn.Linear(16, 8)

    def features(self, image: Tensor, text: Tensor) -> tuple[Tensor, Tensor]:
        return F.normalize(self.visual(image), dim=-1), F.normalize(self.text(text), dim=-1)


@changed(
    "CLIP: one product of both features",
    r"[+-] .*(matmul|mul)\(\)",
    loads=True,
    inputs=TWO,
    never=(*STILL, r"\(Linear"),
)
class Transposed(Contrastive):
    def forward(self, image: Tensor, text: Tensor) -> tuple[Tensor, Tensor]:
        images, texts = self.features(image, text)
        by_image = 10.0 * images @ texts.t()
        return by_image, by_image.t() if self.new else 10.0 * texts @ images.t()


@changed("CLIP: a temperature that is learned", r"logit_scale", loads=False, inputs=TWO, never=(*STILL, r"\(Linear"))
class Temperature(Contrastive):
    def __init__(self, new: bool) -> None:
        super().__init__(new)
        if new:
            self.logit_scale = nn.Parameter(torch.tensor(2.6))

    def forward(self, image: Tensor, text: Tensor) -> Tensor:
        images, texts = self.features(image, text)
        return images @ texts.t() * (self.logit_scale.exp() if self.new else 14.3)


class Language(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.wte, self.ln_f, self.lm_head = new, nn.Embedding(100, 16), nn.LayerNorm(16), nn.Linear(16, 100)


@changed(
    "nanoGPT: logits of the last token alone",
    r"\[:, \[?-1|getitem|index",
    loads=True,
    inputs=IDS,
    never=(*STILL, r"(in|out) \d+ →"),
)
class LastToken(Language):
    def forward(self, ids: Tensor) -> Tensor:
        x = self.ln_f(self.wte(ids))
        return self.lm_head(x[:, [-1], :] if self.new else x)


@changed(
    "nanoGPT: the loss of targets",
    r"cross_entropy",
    r"\+ targets \(input\)",
    loads=True,
    inputs=named(ids=ids(2, 6)),
    then=named(ids=ids(2, 6), targets=ids(2, 6)),
    never=(r"moved here", r"\((Linear|Embedding|LayerNorm)"),
)
class Loss(Language):
    def forward(self, ids: Tensor, targets: Tensor | None = None) -> Tensor | tuple[Tensor, Tensor]:
        logits = self.lm_head(self.ln_f(self.wte(ids)))
        return logits if targets is None else (logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten()))


@changed(
    "vit-pytorch: hard distillation of the right logits",
    r"cross_entropy.*receives",
    loads=True,
    inputs=positional(tensor(4, 16), tensor(4, dtype="int64", high=4)),
    never=(*STILL, r"moved", r"\(Linear", r"^[+-] "),
)
class HardDistillation(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.body, self.head, self.distill = new, nn.Linear(16, 16), nn.Linear(16, 4), nn.Linear(16, 4)
        self.teacher = nn.Linear(16, 4)

    def forward(self, x: Tensor, labels: Tensor) -> Tensor:
        tokens, teacher = F.gelu(self.body(x)), self.teacher(x).argmax(-1)
        student, distilled = self.head(tokens), self.distill(tokens)
        loss = F.cross_entropy(distilled if self.new else student, teacher)
        return F.cross_entropy(student, labels) * 0.5 + loss * 0.5 + distilled.mean() * 0.0
