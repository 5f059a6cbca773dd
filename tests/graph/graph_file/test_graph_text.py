"""What a person sees: short rows, and a git diff that shows what was changed."""

from difflib import unified_diff

from graphs import F32

from nnviz_action.graph.graph_file import graph_bytes, parse_graph_file
from nnviz_action.graph.values import Graph, Module, Node, TensorType, Weight


def scopes(path: str) -> tuple[Module, ...]:
    """The module, and the layer that it is in."""
    layer = ".".join(path.split(".")[:2])
    return tuple(Module(part, f"net.{kind}") for part, kind in {path: "Part", layer: "Layer"}.items())[::-1]


class Built:
    """A graph as it is recorded: values are numbered, nodes are called by their module and operator."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.weights: dict[str, Weight] = {}
        self.types = {"x": F32}

    def call(self, path: str, op: str, *given: str, weight: TensorType | None = None, last: bool = False) -> str:
        named = ["input", "other"][: len(given)]
        if weight is not None:
            self.weights[f"{path}.weight"] = Weight(f"{path}.weight", weight, "parameter")
            given, named = (*given, f"{path}.weight"), [*named, "weight"]
        name = f"{path}/{op}"
        number = sum(node.name.partition("#")[0] == name for node in self.nodes) + 1
        value = "output" if last else f"v{len(self.nodes) + 1}"
        self.types[value] = F32
        self.nodes.append(
            Node(
                name if number == 1 else f"{name}#{number}",
                op,
                "torch",
                given,
                (value,),
                modules=scopes(path),
                arguments=tuple(named),
            )
        )
        return value

    def graph(self) -> Graph:
        types = self.types | {name: weight.type for name, weight in self.weights.items()}
        return Graph(("x",), ("output",), tuple(self.nodes), types, self.weights)


def network(inserted: str = "", width: int = 4, layers: int = 8, wide: int = -1) -> Graph:
    """A stem, equal layers with a skip each, and a head; one more operator behind the stem where it is named."""
    built = Built()
    value = built.call("stem.conv", "conv", "x", weight=TensorType("f32", (width, 3)))
    value = built.call("stem.act", "relu", value)
    if inserted:
        value = built.call("stem.more", inserted, value)
    for layer in range(layers):
        own = f"h.{layer}"
        inner = built.call(f"{own}.fc", "linear", value, weight=TensorType("f32", (7 if layer == wide else 4, 4)))
        inner = built.call(f"{own}.act", "gelu", inner)
        value = built.call(own, "add", value, inner)
    built.call("head", "linear", value, weight=TensorType("f32", (2, 4)), last=True)
    return built.graph()


def changed(one: Graph, other: Graph) -> list[str]:
    """The lines that a diff shows as gone and as new."""
    before, after = (graph_bytes(graph).decode().splitlines() for graph in (one, other))
    return [line for line in list(unified_diff(before, after, n=0, lineterm=""))[2:] if line[0] in "+-"]


def test_values_and_layers_are_not_numbered() -> None:
    text = graph_bytes(network()).decode()
    assert '{"at": "h.{i}", "op": "add", "args": ["input: stem.act/relu |i input: h.{i-1}/add", "other: <"]' in text
    assert "v12" not in text and text.count('"op"') == 6


def test_an_inserted_operator_is_one_row_where_it_is_and_one_where_it_is_used() -> None:
    found = changed(network(), network("tanh"))
    rows = [line for line in found if '"op"' in line]
    assert [line for line in rows if "stem.more" in line and line[0] == "+"] != []
    assert len(found) <= 8, "\n".join(found)


def test_a_changed_weight_is_one_row() -> None:
    found = changed(network(), network(width=5))
    assert len(found) == 2 and all("stem.conv" in line for line in found)


def test_one_layer_more_is_one_number_more() -> None:
    found = changed(network(), network(layers=9))
    assert all('"repeat"' in line or '"head"' in line for line in found) and len(found) <= 6, "\n".join(found)


def test_a_layer_that_differs_stands_alone() -> None:
    graph = network(wide=4)
    text = graph_bytes(graph).decode()
    assert parse_graph_file(text.encode(), "graph.json") == graph
    assert '"h.4.fc"' in text and "7×4 f32" in text


def test_the_file_of_a_deep_network_is_short() -> None:
    assert len(graph_bytes(network(layers=1000))) < len(graph_bytes(network(layers=10))) + 60


def test_lists_that_grow_refer_to_the_one_before() -> None:
    built = Built()
    given = [built.call("stem", "conv", "x", weight=F32)]
    nodes = built.nodes
    for layer in range(50):
        own = f"dense.{layer}"
        value = built.call(own, "cat", *given[:2])
        arguments = tuple(f"tensors.{place}" for place in range(len(given)))
        nodes[-1] = Node(
            nodes[-1].name, "cat", "torch", tuple(given), (value,), modules=nodes[-1].modules, arguments=arguments
        )
        given.append(built.call(f"{own}.conv", "conv", value, weight=F32))
    built.call("head", "linear", given[-1], weight=F32, last=True)
    data = graph_bytes(built.graph())
    assert b'["+ dense.{i}/cat", "tensors.{1+i}: <"]' in data and len(data) < 2500
    assert parse_graph_file(data, "graph.json") == built.graph()
