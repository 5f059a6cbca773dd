"""Which part of a diagram is tried next, and how the model is built for it: by rules alone, no process is started.

The calls that the author wrote, the autograd graph and the export are parts of their own. Each is tried with the
cheapest way to build the model first. What failed is tried again in a process that no earlier try has touched.
"""

from dataclasses import dataclass, replace
from itertools import takewhile

from nnviz_action.capture.worker.starter import KILLED
from nnviz_action.config import ModelSpec
from nnviz_action.errors import ModelError, NnvizError

# Ways to build a model, from the cheapest to the surest: on the meta device, on the CPU with the weights then
# swapped for fake ones, and with real weights.
WAYS = {"auto": ("meta", "fake", "real"), "always": ("meta", "fake"), "never": ("real",)}
FORWARD = ("graph", "onnx")  # the parts of the forward view
_COSTS = ("", *WAYS["auto"])


@dataclass(frozen=True)
class Try:
    """What one process is asked for: the parts in their order, and the way to build the model."""

    way: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Miss:
    """A part that could not be made. `reason` is a line that is the same in every run.

    `is_final`: no other way to build the model helps. `is_fatal`: a diagram without this part would not be true.
    """

    error: NnvizError
    reason: str
    is_final: bool = False
    is_fatal: bool = False


class Tries:
    """The tries of one model, and what came of them: by which way each part was made, and why others were not."""

    def __init__(self, spec: ModelSpec, exports: bool = True) -> None:
        """Without `exports` the ONNX file is made only where the author's calls cannot be recorded."""
        self._spec = spec
        self._left = {part: list(_ways(part, spec)) for part in wanted(spec, exports)}
        self._misses: dict[str, Miss] = {}
        self.ways: dict[str, str] = {}
        self.failed: dict[str, Miss] = {}

    def next(self) -> Try | None:
        """What to ask the next process for; None where nothing is left."""
        if not self._left:
            return None
        way = next(iter(self._left.values()))[0]
        parts = takewhile(lambda part: self._left[part][0] == way, self._left)
        return Try(way, tuple(parts))

    def made(self, part: str) -> None:
        """A part was made. Raises `KeyError` where it was not asked for."""
        self.ways[part] = self._left.pop(part)[0]

    def missed(self, part: str, miss: Miss) -> None:
        """A part was not made. Raises the error where there can be no diagram, `KeyError` as `made` does."""
        ways = self._left[part]
        if miss.is_final:
            raise miss.error
        before = self._misses.get(part)
        again = before is not None and before.reason == miss.reason
        told = self._misses[part] = before if before is not None and again else miss
        ways.pop(0)
        if not ways or (part == "onnx" and again):  # an export builds no weights: the third way is the second
            del self._left[part]
            self._give_up(part, _judged(told, miss))

    def _give_up(self, part: str, miss: Miss) -> None:
        spec = self._spec
        if miss.is_fatal or (part == "graph" and spec.export == "never"):
            raise miss.error
        if (part == "autograd" and "forward" not in spec.graphs) or (part == "onnx" and spec.export == "always"):
            raise miss.error
        if part == "onnx" and "graph" in self.failed:
            raise self.failed["graph"].error
        self.failed[part] = miss
        if part == "graph" and "onnx" not in self._left and "onnx" not in self.ways and "onnx" not in self.failed:
            self._left["onnx"] = list(_ways("onnx", spec))

    def is_settled(self, *parts: str) -> bool:
        """Whether nothing of these is left to be tried."""
        return self._left.keys().isdisjoint(parts)

    def weights(self) -> dict[str, str]:
        """How the model was built for each view, the most that any part of it needed."""
        views = {"autograd": ("autograd",), "forward": FORWARD}
        found = {view: [self.ways[part] for part in parts if part in self.ways] for view, parts in views.items()}
        return {view: max(ways, key=_COSTS.index) for view, ways in found.items() if any(ways)}


def _judged(told: Miss, last: Miss) -> Miss:
    """The first error that was told, with what the last one decides."""
    return replace(last, reason=told.reason, error=last.error if last.is_fatal else told.error)


def wanted(spec: ModelSpec, exports: bool = True) -> tuple[str, ...]:
    """The parts of a model's diagram, in the order in which they are made: the riskiest last."""
    if spec.onnx:
        return ("onnx",)
    parts = {"graph": "forward" in spec.graphs, "autograd": "autograd" in spec.graphs}
    parts["onnx"] = exports and "forward" in spec.graphs and spec.export != "never"
    return tuple(part for part, asked in parts.items() if asked)


def _ways(part: str, spec: ModelSpec) -> tuple[str, ...]:
    if spec.onnx:
        return ("",)
    return ("real",) if spec.weights == "keep" and part in FORWARD else WAYS[spec.fake]


def crash(error: ModelError, code: int | None) -> Miss:
    """A process that ended in the middle of a part: a lack of memory is no property of the model."""
    return Miss(error, error.message.splitlines()[0], is_final=code is None or code == KILLED)
