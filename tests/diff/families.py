"""Steps from one model of a family to the next, between models of transformers, torchvision and peft as they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import edits_torchvision  # noqa: F401  (transformers imports torchvision where it is there)
import torch
import transformers as hf
from mutation import Inputs, _record, ids, image, named, positional, tensor
from torch import nn
from torchvision import models as tv

from nnviz_action.graph.values import Graph

hf.logging.set_verbosity_error()
Make = Callable[[], nn.Module]
MOST = 8  # lines that a reviewer reads of one


@dataclass(frozen=True, eq=False)
class Family:
    """Two models, and what they take. `needs` is a package that few have; `fake` tells that they can be built without
    memory for their weights."""

    name: str
    before: Make
    after: Make
    inputs: Inputs
    needs: str = ""
    fake: bool = True

    @property
    def is_small(self) -> bool:
        """Whether it may have real weights."""
        return not self.name.endswith(" B")

    def graphs(self) -> tuple[Graph, Graph]:
        """Both graphs, as `generate` writes them."""
        return _record(self.before, self.inputs, "eval", {}), _record(self.after, self.inputs, "eval", {})


FAMILIES: dict[str, Family] = {}


def family(name: str, before: Make, after: Make, inputs: Inputs, **how: Any) -> None:
    """Note a step."""
    assert name not in FAMILIES, name
    FAMILIES[name] = Family(name, before, after, inputs, **how)


WORDS = named(input_ids=ids(1, 16))
SMALL = {
    "hidden_size": 64, "num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 128, "vocab_size": 500,
}  # fmt: skip
GPT = {"n_embd": 64, "n_layer": 4, "n_head": 4, "n_inner": 128, "vocab_size": 500}
SPARSE = {"num_local_experts": 4, "num_experts_per_tok": 2}


def language(kind: str, task: str = "ForCausalLM", **config: Any) -> Make:
    """A model of transformers by the name of its config class and what it is for, without a cache."""

    def make() -> nn.Module:
        made = getattr(hf, f"{kind}Config")(**config)
        if hasattr(made, "use_cache"):
            made.use_cache = False
        model: nn.Module = getattr(hf, f"{kind}{task}")(made)
        return model

    return make


def small(kind: str, task: str = "ForCausalLM", **config: Any) -> Make:
    """The same, small."""
    return language(kind, task, **{**SMALL, **config})


KEYS = {"num_key_value_heads": 4}
family("BERT to RoBERTa", small("Bert", "Model"), small("Roberta", "Model"), WORDS)
family("GPT-2 to Llama", language("GPT2", "LMHeadModel", **GPT), small("Llama"), WORDS)
HALF = torch.bfloat16  # in which torch alone knows a product of groups without values
family(
    "Llama to Mixtral", lambda: small("Llama", **KEYS)().to(HALF), lambda: small("Mixtral", **KEYS, **SPARSE)().to(HALF),
    WORDS,
)  # fmt: skip
family("Llama to Qwen2", small("Llama", **KEYS), small("Qwen2", **KEYS), WORDS)
family("Qwen2 to Qwen3", small("Qwen2", **KEYS), small("Qwen3", **KEYS, head_dim=16), WORDS)
family("BERT to RoBERTa, base", language("Bert", "Model"), language("Roberta", "Model"), WORDS)
family("GPT-2 to Llama, 7 B", language("GPT2", "LMHeadModel"), language("Llama"), WORDS)
family("Llama to Mixtral, 7 B", lambda: language("Llama")().to(HALF), lambda: language("Mixtral")().to(HALF), WORDS)
family("Llama to Qwen2, 7 B", language("Llama"), language("Qwen2"), WORDS)
family("Qwen2 to Qwen3, 7 B", language("Qwen2"), language("Qwen3"), WORDS)

IMAGE, LARGE = image(64), image(224)
family("ResNet v1 to v1.5", lambda: first_resnet(), tv.resnet50, IMAGE)
family("ResNet v1.5 to ResNeXt", tv.resnet50, tv.resnext50_32x4d, IMAGE)
family("ResNet18 to ResNet34", tv.resnet18, tv.resnet34, IMAGE)
family("ResNet18 to ResNet50", tv.resnet18, tv.resnet50, IMAGE)
family("ResNet50 to ResNet101", tv.resnet50, tv.resnet101, IMAGE)
family("ResNet50 to Wide ResNet50", tv.resnet50, tv.wide_resnet50_2, IMAGE)
family("MobileNetV2 to V3 small", tv.mobilenet_v2, tv.mobilenet_v3_small, LARGE)
family("MobileNetV2 to V3 large", tv.mobilenet_v2, tv.mobilenet_v3_large, LARGE)
family("DenseNet121 to DenseNet169", tv.densenet121, tv.densenet169, IMAGE)


def first_resnet() -> nn.Module:
    """ResNet50 as it was published: the stride is in the first convolution of a block, not in the second."""
    model = tv.resnet50()
    for block in (block for row in (model.layer2, model.layer3, model.layer4) for block in row):
        block.conv1.stride, block.conv2.stride = block.conv2.stride, block.conv1.stride
    return model


class Twice(nn.Sequential):
    def __init__(self, before: int, after: int) -> None:
        rows = (
            layer
            for i in (before, after)
            for layer in (nn.Conv2d(i, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True))
        )
        super().__init__(*rows)


class UNet(nn.Module):
    """Down by half `depth` times, up again as often, with what was there beside."""

    def __init__(self, depth: int, width: int = 16) -> None:
        super().__init__()
        widths = [width * 2**step for step in range(depth + 1)]
        steps = list(pairwise(widths))
        self.inc = Twice(3, width)
        self.down = nn.ModuleList(nn.Sequential(nn.MaxPool2d(2), Twice(a, b)) for a, b in steps)
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, stride=2) for a, b in reversed(steps))
        self.conv = nn.ModuleList(Twice(b, a) for a, b in reversed(steps))
        self.outc = nn.Conv2d(width, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows = [self.inc(x)]
        for down in self.down:
            rows.append(down(rows[-1]))
        x = rows.pop()
        for up, conv in zip(self.up, self.conv, strict=True):
            x = conv(torch.cat([rows.pop(), up(x)], dim=1))
        out: torch.Tensor = self.outc(x)
        return out


class NamedUNet(nn.Module):
    """The same with a name for each step, as it is mostly written."""

    def __init__(self, depth: int, width: int = 16) -> None:
        super().__init__()
        self.depth, self.inc, self.outc = depth, Twice(3, width), nn.Conv2d(width, 2, 1)
        for step in range(depth):
            a, b = width * 2**step, width * 2 ** (step + 1)
            self.add_module(f"down{step + 1}", nn.Sequential(nn.MaxPool2d(2), Twice(a, b)))
            self.add_module(f"up{depth - step}", nn.ConvTranspose2d(b, a, 2, stride=2))
            self.add_module(f"conv{depth - step}", Twice(b, a))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows = [self.inc(x)]
        for step in range(self.depth):
            rows.append(getattr(self, f"down{step + 1}")(rows[-1]))
        x = rows.pop()
        for step in range(self.depth):
            x = getattr(self, f"conv{step + 1}")(torch.cat([rows.pop(), getattr(self, f"up{step + 1}")(x)], dim=1))
        out: torch.Tensor = self.outc(x)
        return out


family("U-Net deeper", lambda: UNet(3), lambda: UNet(4), IMAGE)
family("U-Net with names deeper", lambda: NamedUNet(3), lambda: NamedUNet(4), IMAGE)


class LowRank(nn.Module):
    """A frozen layer, and beside it two of a low rank that train."""

    def __init__(self, base: nn.Linear, rank: int = 8) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_a, self.lora_b = (
            nn.Linear(base.in_features, rank, bias=False),
            nn.Linear(rank, base.out_features, bias=False),
        )
        self.scale = 2.0

    def forward(self, x: torch.Tensor) -> Any:
        return self.base(x) + self.scale * self.lora_b(self.lora_a(x))


def with_low_rank() -> nn.Module:
    model: Any = small("Llama", **KEYS)()
    model.requires_grad_(False)
    for layer in model.model.layers:
        layer.self_attn.q_proj, layer.self_attn.v_proj = (
            LowRank(one) for one in (layer.self_attn.q_proj, layer.self_attn.v_proj)
        )
    return model


def with_peft() -> nn.Module:
    import peft  # which few have

    config = peft.LoraConfig(r=8, lora_alpha=16, target_modules=["q_proj", "v_proj"])
    model: nn.Module = peft.get_peft_model(small("Llama", **KEYS)(), config)
    return model


class Int8(nn.Module):
    """A layer whose weights are bytes with a scale for each output."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(layer.out_features, layer.in_features, dtype=torch.int8))
        self.register_buffer("scale", torch.ones(layer.out_features, 1))
        self.bias = layer.bias

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.linear(x, self.weight.to(x.dtype) * self.scale, self.bias)


def replaced(make: Make, put: Callable[[Any], nn.Module]) -> Make:
    """A model with another layer for each linear one."""

    def changed() -> nn.Module:
        model = make()
        for home in list(model.modules()):
            for name, layer in list(home.named_children()):
                if type(layer) is nn.Linear:
                    setattr(home, name, put(layer))
        return model

    return changed


def few_layers(quantised: bool) -> nn.Module:
    """As they are, or with weights of integers in torch's own layers."""
    model = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 4)).eval()
    if not quantised:
        return model
    made: nn.Module = torch.ao.quantization.quantize_dynamic(model, {nn.Linear}, dtype=torch.qint8)
    return made


class Wrapped(nn.Module):
    """Something around a model that calls it."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: torch.Tensor) -> Any:
        return self.model(x)


LLAMA = small("Llama", **KEYS)
family("LoRA by hand", LLAMA, with_low_rank, WORDS)
family("LoRA by peft", LLAMA, with_peft, WORDS, needs="peft")
family("Llama in half", LLAMA, lambda: LLAMA().to(HALF), WORDS)
family("Llama in bytes", LLAMA, replaced(LLAMA, Int8), WORDS)
family(
    "quantised by torch", lambda: few_layers(False), lambda: few_layers(True), positional(tensor(2, 16)), fake=False
)
family("compiled", tv.resnet18, lambda: compiled(tv.resnet18()), IMAGE)
family("a part compiled", tv.resnet18, lambda: partly_compiled(), IMAGE)
family("wrapped", tv.resnet18, lambda: Wrapped(tv.resnet18()), IMAGE)
family("wrapped in a sequence", tv.resnet18, lambda: nn.Sequential(nn.Identity(), tv.resnet18()), IMAGE)
family("wrapped for several devices", tv.resnet18, lambda: nn.DataParallel(tv.resnet18()), IMAGE)
family("Llama compiled", LLAMA, lambda: compiled(LLAMA()), WORDS)


def compiled(model: nn.Module) -> nn.Module:
    """As `torch.compile` gives it back."""
    return torch.compile(model)  # type: ignore[return-value]


def partly_compiled() -> nn.Module:
    model = tv.resnet18()
    model.layer3 = torch.compile(model.layer3)  # type: ignore[assignment]
    return model


def applicable() -> Mapping[str, Family]:
    """Those whose packages are here."""
    from importlib.util import find_spec

    return {name: one for name, one in FAMILIES.items() if not one.needs or find_spec(one.needs)}
