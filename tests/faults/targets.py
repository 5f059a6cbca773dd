"""What a fuzzer feeds: each takes the content of a file, and raises nothing but `NnvizError`s, which it takes."""

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from onnx_mutants import EXAMPLES, seeds

from nnviz_action.comparison.compare import diff
from nnviz_action.config import read_document
from nnviz_action.config.load import load_config
from nnviz_action.drawing import boxes as drawings
from nnviz_action.drawing import forward
from nnviz_action.drawing.fold import fold
from nnviz_action.drawing.repeats import fold_leaves, fold_repeats
from nnviz_action.errors import NnvizError
from nnviz_action.freshness import lock as locks
from nnviz_action.freshness.lock import lock_bytes, parse_lock
from nnviz_action.graph import digest as digests
from nnviz_action.graph.numbers import count
from nnviz_action.graph.onnx_file import parse_graph
from nnviz_action.graph.onnx_file.foreign import adopt
from nnviz_action.graph.values import Graph
from nnviz_action.render.headline import headline
from nnviz_action.report.changes import sentence
from nnviz_action.report.summary import summary

FOLDER = Path(tempfile.mkdtemp(prefix="nnviz-fuzz-"))
ORIGINAL = parse_graph(seeds()[0], "model.onnx")


def config(data: bytes) -> None:
    """Read, check, and ask for its budgets."""
    path = FOLDER / "nnviz.yaml"
    path.write_bytes(data)
    with suppress(NnvizError):
        load_config(read_document(path))


def lock(data: bytes) -> None:
    """What is read can be written, and is then the same. A checksum is added: a forger would do so too."""
    try:
        found = parse_lock(_signed(json.loads(data)))
    except (ValueError, RecursionError):
        return
    assert parse_lock(lock_bytes(found)) == found


def _signed(data: Any) -> bytes:
    if not isinstance(data, dict):
        return json.dumps(data).encode()
    rest = {key: value for key, value in data.items() if key not in ("nnviz", "checksum")}
    return json.dumps({**data, "nnviz": locks.VERSION, "checksum": locks._checksum(rest)}).encode()


def onnx(data: bytes) -> None:
    """Read as the committed file and as a foreign one, drawn, counted, told, compared."""
    source, target = FOLDER / "in.onnx", FOLDER / "out.onnx"
    source.write_bytes(data)
    committed: Graph | None = None
    with suppress(NnvizError):
        committed = parse_graph(data, source.name)
        told(committed)
    with suppress(NnvizError):
        adopt(source, target)
        foreign = parse_graph(target.read_bytes(), target.name)
        if foreign != committed:  # or else the same would be told again
            told(foreign)


def told(graph: Graph) -> None:
    """All that is made of a graph, save the layout and what resvg does."""
    drawing = forward.draw(graph)
    numbers = count(graph, graph, drawing.numbers.activations)
    for made in (digests.digest(graph), drawings.digest(drawing), *headline(graph, numbers, "eval")):
        made.encode()
    summary("m", graph, drawing, numbers).encode()
    fold(fold_repeats(drawing)), fold(fold_leaves(drawing))
    for change in (*diff(ORIGINAL, graph).changes, *diff(graph, ORIGINAL).changes):
        sentence(change).encode()


TARGETS = {"config": config, "lock": lock, "onnx": onnx}
SEEDS = {
    "config": [(EXAMPLES.parent / "nnviz.yaml").read_bytes()],
    "lock": [path.read_bytes() for path in sorted(EXAMPLES.glob("*/lock.json"))],
    "onnx": seeds(),
}
