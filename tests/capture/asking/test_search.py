"""What a model takes is found by calling it: by names, by layers, by what a failed call says."""

import re
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from torch import Tensor, nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402, N812

from nnviz_action.capture.asking.construct import Call, building, module_of  # noqa: E402
from nnviz_action.capture.asking.first import facts_of  # noqa: E402
from nnviz_action.capture.asking.search import Passed, search  # noqa: E402
from nnviz_action.capture.asking.values import written  # noqa: E402

pytestmark = pytest.mark.torch


class LeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.head = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5), nn.Linear(400, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(self.second(F.max_pool2d(self.first(x), 2)), 2)
        return self.head(x.flatten(1))


class Flat(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(784, 10)

    def forward(self, picture: Tensor) -> Tensor:
        return self.head(picture)


class Points(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv1d(6, 8, 1)

    def forward(self, cloud: Tensor) -> Tensor:
        _, _, _ = cloud.shape
        return self.layer(cloud)


class Words(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table, self.rnn = nn.Embedding(77, 8), nn.GRU(8, 8, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.rnn(self.table(x))[0]


class Video(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv3d(2, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)


class Rays(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.points, self.views = nn.Linear(63, 8), nn.Linear(27, 8)

    def forward(self, x: Tensor) -> Tensor:
        points, views = torch.split(x, [63, 27], dim=-1)
        return self.points(points) + self.views(views)


class Conditional(nn.Module):
    """Labels are spread over the picture, as channels of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.look, self.layer = nn.Conv2d(3, 3, 1), nn.Conv2d(3 + 5, 4, 3)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        spread = c.view(c.size(0), c.size(1), 1, 1).repeat(1, 1, x.size(2), x.size(3))
        return self.layer(torch.cat([self.look(x), spread], dim=1))


class Records(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Conv2d(3, 4, 3)

    def forward(self, batch: list[dict[str, Any]], multimask: bool) -> list[Tensor]:
        return [self.layer(record["image"][None]) for record in batch]


class Windows(nn.Module):
    def __init__(self, image_size: int = 160) -> None:
        super().__init__()
        self.image_size, self.patches = image_size, nn.Conv2d(3, 4, 16, 16)

    def forward(self, img: Tensor) -> Tensor:
        assert img.shape[-1] == self.image_size, f"{img.shape[-1]} is not {self.image_size}"
        return self.patches(img)


class Needed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table, self.mix = nn.Embedding(50, 4), nn.Linear(4, 4)

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        return self.mix(self.table(tokens)) * mask.unsqueeze(-1)  # type: ignore[union-attr]


CASES: list[tuple[type[nn.Module], dict[str, Any]]] = [
    (LeNet, {"x": [1, 1, 32, 32]}),
    (Flat, {"picture": [1, 784]}),
    (Points, {"cloud": [1, 6, 224]}),
    (Words, {"x": {"shape": [1, 16], "dtype": "int64", "high": 77}}),
    (Video, {"x": [1, 2, 16, 16, 16]}),
    (Rays, {"x": [1, 90]}),
    (Conditional, {"x": [1, 3, 224, 224], "c": [1, 5]}),
    (Records, {"batch": [{"image": [3, 224, 224]}], "multimask": {"value": False}}),
    (Windows, {"img": [1, 3, 160, 160]}),
]


def asked(kind: type[nn.Module]) -> Passed:
    with building("meta"):
        module, mode, _ = module_of(Call(kind), "meta")
    return search(module, mode, facts_of(module, {}, ()), (), 60)


@pytest.mark.parametrize(("kind", "inputs"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_inputs_are_found(kind: type[nn.Module], inputs: dict[str, Any]) -> None:
    passed = asked(kind)
    assert passed.failure is None
    found = {name: written(value) for name, value in passed.state.items()}
    assert {name: _shape(value) for name, value in found.items()} == {n: _shape(v) for n, v in inputs.items()}
    assert {name: value for name, value in found.items() if isinstance(value, dict)} == {
        name: value for name, value in inputs.items() if isinstance(value, dict)
    }


def _shape(value: Any) -> Any:
    """What counts of a picture that any size fits is its rank and its channels."""
    if isinstance(value, list) and len(value) == 4 and value[-1] > 32 and value[-1] != 160:
        return [*value[:2], "…"]
    return value


def test_what_may_be_left_out_is_given_where_it_is_needed() -> None:
    passed = asked(Needed)
    assert passed.failure is None and set(passed.state) == {"tokens", "mask"}


def test_a_model_that_takes_nothing_says_why() -> None:
    class Odd(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise ValueError("only on Sundays")

    passed = asked(Odd)
    assert passed.failure is not None and re.search("only on Sundays", passed.failure.text)
