"""The same layers in another container, told as that."""

from history import Block, changed
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

KEPT = (r"^[+-] ", r"wired otherwise", r": was ", r"taken out of")


def passed(layers: list[nn.Module], x: Tensor) -> Tensor:
    for layer in layers:
        x = layer(x)
    return x


@changed("containers: a Sequential for a list", r"layers \(Sequential\): called as a whole$", never=KEPT, loads=True)
class Called(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        blocks = [Block() for _ in range(3)]
        self.new, self.layers = new, nn.Sequential(*blocks) if new else nn.ModuleList(blocks)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x) if self.new else passed(list(self.layers), x)


@changed("containers: a Sequential for a list of one", r"layers .*called as a whole$", never=KEPT, loads=True)
class CalledOne(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new, self.head = new, nn.Linear(16, 4)
        self.layers = (nn.Sequential if new else (lambda layer: nn.ModuleList([layer])))(nn.Linear(16, 16))

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.layers(x) if self.new else self.layers[0](x))


@changed(
    "containers: a dict for a Sequential",
    r"called outside of layers \(Sequential\), now layers\.b0",
    never=KEPT,
    loads=False,
    renames={
        f"layers.{i}.{key}": f"layers.b{i}.{key}"
        for i in range(3)
        for key in ("norm.weight", "norm.bias", "fc.weight", "fc.bias")
    },
)
class Named(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        blocks = [Block() for _ in range(3)]
        self.new = new
        self.layers = nn.ModuleDict({f"b{i}": b for i, b in enumerate(blocks)}) if new else nn.Sequential(*blocks)

    def forward(self, x: Tensor) -> Tensor:
        return passed(list(self.layers.values()), x) if self.new else self.layers(x)


class Forward(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        up, down = nn.Linear(16, 32), nn.Linear(32, 16)
        self.new = new
        self.ff = nn.ModuleDict({"up": up, "down": down}) if new else nn.Sequential(up, nn.GELU(), down)

    def forward(self, x: Tensor) -> Tensor:
        return x + (self.ff["down"](F.gelu(self.ff["up"](x))) if self.new else self.ff(x))


@changed(
    "containers: a dict for a Sequential in each block",
    r"blocks\.\{0,1\}.*called outside of ff .*now ff\.up",
    never=KEPT,
    loads=False,
    renames={
        f"blocks.{i}.ff.{was}.{key}": f"blocks.{i}.ff.{now}.{key}"
        for i in range(2)
        for was, now in ((0, "up"), (2, "down"))
        for key in ("weight", "bias")
    },
)
class NamedInBlocks(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Forward(new) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        return passed(list(self.blocks), x)


class Unit(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm, self.fc, self.proj = nn.LayerNorm(16), nn.Linear(16, 16), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.proj(F.gelu(self.fc(self.norm(x))))


@changed(
    "containers: blocks for three lists",
    r"blocks\.\{0…3\} \(Unit ×4\): put around norms\.\{0…3\}, fcs.*norms\.\{0…3\} → norm",
    never=(r"^[+-] ", r": was "),
    loads=False,
    renames={
        f"{was}.{i}.{key}": f"blocks.{i}.{now}.{key}"
        for i in range(4)
        for was, now in (("norms", "norm"), ("fcs", "fc"), ("projs", "proj"))
        for key in ("weight", "bias")
    },
)
class Lists(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new = new
        if new:
            self.blocks = nn.ModuleList(Unit() for _ in range(4))
            return
        self.norms = nn.ModuleList(nn.LayerNorm(16) for _ in range(4))
        self.fcs, self.projs = (nn.ModuleList(nn.Linear(16, 16) for _ in range(4)) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        if self.new:
            return passed(list(self.blocks), x)
        for norm, fc, proj in zip(self.norms, self.fcs, self.projs, strict=True):
            x = x + proj(F.gelu(fc(norm(x))))
        return x


def names(i: int) -> tuple[str, str, str]:
    return f"norm{i}", f"fc{i}", f"proj{i}"


@changed(
    "containers: a Sequential of blocks for layers by name",
    r"net\.\{0,1\} \(Unit ×2\): put around norm\{0,1\}, fc\{0,1\}",
    never=(r"^[+-] ", r": was "),
    loads=False,
    renames={
        f"{was}.{key}": f"net.{i}.{now}.{key}"
        for i in range(2)
        for was, now in zip(names(i), ("norm", "fc", "proj"), strict=True)
        for key in ("weight", "bias")
    },
)
class ByName(nn.Module):
    def __init__(self, new: bool) -> None:
        super().__init__()
        self.new = new
        if new:
            self.net = nn.Sequential(Unit(), Unit())
            return
        for i in range(2):
            for name, layer in zip(names(i), (nn.LayerNorm(16), nn.Linear(16, 16), nn.Linear(16, 16)), strict=True):
                self.add_module(name, layer)

    def forward(self, x: Tensor) -> Tensor:
        if self.new:
            return self.net(x)
        for i in range(2):
            norm, fc, proj = map(self.get_submodule, names(i))
            x = x + proj(F.gelu(fc(norm(x))))
        return x
