"""Graphs of every kind: sound ones, with names and texts that are as odd as they may be."""

from dataclasses import replace

from hypothesis import strategies as st

from nnviz_action.graph.values import Function, Graph, Module, Node, TensorType, Weight

ODD = (
    "<",
    "@w",
    "+ a",
    "a = b",
    "a: b",
    "a |i b",
    "{i}",
    "{1+2i}",
    "v1",
    "v2#2",
    "v3",
    "in",
    "a.b",
    "a.b/relu",
    "relu",
    "relu#2",
    "a:1",
    "x y",
    "007",
    "x12",
    "×",
    "é",
)
LETTERS = st.characters(codec="utf-8", exclude_characters="\0")
NAMES = st.one_of(st.sampled_from(ODD), st.text(LETTERS, min_size=1, max_size=6))
TEXTS = st.one_of(st.sampled_from((*ODD, "")), st.text(LETTERS, max_size=6))
SIZES = st.one_of(
    st.integers(0, 4096),
    st.none(),
    st.sampled_from(("batch", "(s73 - 1)//32 + 1", "?", "3", "", "-1", "2×3", "scalar")),
)
TYPES = st.builds(
    TensorType,
    st.sampled_from(("f32", "bool", "?", "a b", "f32 buffer", "")),
    st.one_of(st.none(), st.lists(SIZES, max_size=4).map(tuple)),
)
WEIGHTS = st.builds(
    Weight, st.just(""), TYPES, st.sampled_from(("parameter", "frozen", "buffer", "", "odd")), TEXTS, TEXTS
)
NUMBERS = st.integers(-(2**63), 2**63)
FLOATS = st.floats(allow_nan=False)
ATTRIBUTES = st.one_of(
    st.booleans(), NUMBERS, FLOATS, TEXTS, *(st.lists(kind, max_size=3).map(tuple) for kind in (NUMBERS, FLOATS, TEXTS))
)  # fmt: skip
PATHS = st.one_of(st.sampled_from(("a", "a.b", "a.b.0", "a.b.1", "layer.0", "layer.1", "a@2")), TEXTS)
PLAIN = st.builds(
    Module, PATHS, st.sampled_from(("", "pkg.Net", "other.Net", "Net", "torch.nn.Linear")), st.integers(0, 3)
)
RARE = st.builds(Module, PATHS, TEXTS, st.integers(0, 3), TEXTS, st.integers(1, 9), st.booleans(), st.booleans())
MODULES = st.lists(st.one_of(PLAIN, PLAIN, RARE), max_size=3).map(tuple)
FUNCTIONS = st.one_of(st.none(), st.builds(Function, TEXTS, TEXTS))
COUNTS = st.dictionaries(NAMES, st.integers(0, 10**17), max_size=2)


@st.composite
def graphs(draw: st.DrawFn, outer: tuple[str, ...] = (), depth: int = 0) -> Graph:
    """Any sound graph; of a body, `outer` are the values around it."""
    names = draw(st.lists(NAMES, max_size=10, unique=True))
    if draw(st.booleans()):
        names += [name for name in (f"v{number}" for number in range(1, 8)) if name not in names]
    take = iter(names)
    weights = {
        name: replace(draw(WEIGHTS), name=name) for name, _ in zip(take, range(draw(st.integers(0, 3))), strict=False)
    }
    inputs = tuple(name for name, _ in zip(take, range(draw(st.integers(0, 2))), strict=False))
    known = [*outer, *weights, *inputs]
    nodes = []
    for _ in range(draw(st.integers(0, 5))):
        bodies = tuple(
            (draw(TEXTS), draw(graphs(tuple(known), depth + 1)))
            for _ in range(draw(st.integers(0, 1 if depth < 2 else 0)))
        )
        given = draw(st.lists(st.sampled_from(["", *known]), max_size=5).map(tuple))
        outputs = tuple(
            draw(st.sampled_from(("", name))) if draw(st.integers(0, 9)) == 0 else name
            for name, _ in zip(take, range(draw(st.integers(0, 3))), strict=False)
        )
        nodes.append(draw(node(given, outputs, bodies)))
        known += filter(None, outputs)
    results = draw(st.lists(st.sampled_from(known), max_size=2).map(tuple)) if known else ()
    whole = {"sizes": draw(COUNTS), "unused": draw(COUNTS)} if depth == 0 else {}
    types = draw(types_of([*weights, *inputs, *(o for n in nodes for o in n.outputs if o)], weights))
    return Graph(inputs, results, tuple(nodes), types, weights, draw(st.integers(0, 21)), **whole)


@st.composite
def node(
    draw: st.DrawFn, given: tuple[str, ...], outputs: tuple[str, ...], bodies: tuple[tuple[str, Graph], ...]
) -> Node:
    listed = tuple(f"tensors.{place}" for place in range(len(given)))
    arguments = draw(
        st.one_of(
            st.just(()),
            st.just(listed),
            st.lists(TEXTS, min_size=len(given), max_size=len(given)).map(tuple),
            st.lists(TEXTS, max_size=3).map(tuple),
        )
    )
    return Node(
        name=draw(TEXTS), op=draw(st.one_of(st.sampled_from(("relu", "cat", "a")), TEXTS)), domain=draw(st.sampled_from(("torch", "", "x"))),
        inputs=given, outputs=outputs, attributes=tuple(draw(st.dictionaries(TEXTS, ATTRIBUTES, max_size=3)).items()),
        modules=draw(MODULES), bodies=bodies, function=draw(FUNCTIONS), arguments=arguments, macs=draw(st.integers(0, 10**15)),
        line=draw(st.one_of(st.just(""), TEXTS)), random=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def types_of(draw: st.DrawFn, names: list[str], weights: dict[str, Weight]) -> dict[str, TensorType]:
    """Of all values, of some, of none, or of others."""
    if draw(st.integers(0, 3)) == 0:
        return {}
    types = {name: draw(TYPES) for name in names if draw(st.integers(0, 4))}
    types |= {name: weight.type for name, weight in weights.items() if draw(st.integers(0, 4))}
    return types | draw(st.dictionaries(NAMES, TYPES, max_size=1))


@st.composite
def inherited(draw: st.DrawFn) -> Graph:
    """A graph whose bodies know the types around them, as those of an ONNX file do."""
    graph = draw(graphs())
    return with_types(graph, graph.types)


def with_types(graph: Graph, types: dict[str, TensorType]) -> Graph:
    nodes = tuple(
        replace(n, bodies=tuple((name, with_types(body, {**types, **body.types})) for name, body in n.bodies)) for n in graph.nodes
    )  # fmt: skip
    return replace(graph, nodes=nodes, types=types)
