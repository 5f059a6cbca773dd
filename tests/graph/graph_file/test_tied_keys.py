"""Keys of the state dict that are one tensor, as a file tells them."""

import json

import pytest

from nnviz_action.errors import ModelError
from nnviz_action.graph.graph_file import graph_bytes, parse_graph_file
from nnviz_action.graph.values import Graph, TensorType

F32 = TensorType("f32", (8,))
GRAPH = Graph((), (), (), state=dict.fromkeys(("a.w", "b.w", "c.w"), F32), tied={"b.w": "a.w", "c.w": "a.w"})


def changed(tied: object) -> bytes:
    document = json.loads(graph_bytes(GRAPH)) | {"tied": tied}
    return json.dumps(document).encode()


def test_they_are_read_as_they_were_written():
    assert parse_graph_file(graph_bytes(GRAPH), "graph.json") == GRAPH


@pytest.mark.parametrize(
    "tied", [[["b.w"]], [["b.w", "b.w"]], [["b.w", "d.w"]], [["b.w", "a.w"], ["b.w", "c.w"]], ["b.w"], [["b.w", 1]]]
)
def test_what_no_two_keys_are_is_refused(tied: object):
    with pytest.raises(ModelError):
        parse_graph_file(changed(tied), "graph.json")


def test_the_first_of_them_is_tied_to_none():
    with pytest.raises(ModelError, match="the first of them"):
        parse_graph_file(changed([["b.w", "a.w"], ["c.w", "b.w"]]), "graph.json")
