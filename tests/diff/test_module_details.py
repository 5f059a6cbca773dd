"""What is true of all weights in a module is said of the module."""

from graphs import g
from telling import told, weight

from nnviz_action.graph.values import Graph

NAMES = "a.p a.q b.p b.q head"


def net(frozen: str = "", dtype: str = "f32") -> Graph:
    weights = {}
    for path in NAMES.split():
        kind = "frozen" if path in frozen.split() else "parameter"
        weights |= weight(f"{path}.w", 4, 4, kind=kind, dtype=dtype)
    return g(" > ".join(["x", *["Conv"] * 5, "y"]), NAMES, weights)


def test_a_module():
    assert told(net(), net("a.p a.q")) == ["~ a (A): all weights frozen"]
    assert told(net("a.p a.q"), net()) == ["~ a (A): all weights no longer frozen"]


def test_all():
    assert told(net(), net(NAMES)) == ["~ the top: all weights frozen"]
    assert told(net(), net(dtype="f16"))[0] == "~ the top: all weights f32 → f16"


def test_all_but_one():
    assert told(net(), net("a.p a.q b.p b.q")) == ["~ the top: all weights frozen but those of head"]


def test_one_layer():
    assert told(net(), net("b.p")) == ["~ b.p (P): frozen"]
