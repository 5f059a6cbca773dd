"""The overview is a view like the others: chosen, checked, and renewed where a lock is older than it."""

import json
from pathlib import Path

import pytest
from repository import Repository

from nnviz_action.freshness import lock as locks
from nnviz_action.freshness.lock import read_lock

ALWAYS = {"model.onnx", "summary.md", "lock.json"}


@pytest.fixture
def drawn(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "r").models(net="Relu > Tanh")


def names(repository: Repository) -> set[str]:
    return {path.name for path in (repository.folder / "diagrams/net").iterdir()}


def test_it_is_drawn_checked_and_shares_the_digest_of_the_forward_graph(drawn: Repository) -> None:
    assert names(drawn) == ALWAYS | {"overview.png", "forward.png"}
    lock = read_lock(drawn.folder / "diagrams/net")
    assert lock is not None and list(lock.digests) == ["forward"] and "overview.png" in lock.outputs
    assert lock.digests["forward"].encode() in (drawn.folder / "diagrams/net/overview.png").read_bytes()
    (drawn.folder / "diagrams/net/overview.png").unlink()
    code, said = drawn.here("check")
    assert code == 1 and "✗ net: missing\n    overview.png is missing\n" in said
    assert drawn.here("generate")[0] == 0 and drawn.here("check")[0] == 0


@pytest.mark.parametrize(
    ("views", "pictures"),
    [("[forward]", {"forward.png"}), ("[overview]", {"overview.png"}), ("[forward, overview]", {"overview.png", "forward.png"})],
)  # fmt: skip
def test_it_can_be_left_out_and_stand_alone(views: str, pictures: set[str], drawn: Repository) -> None:
    drawn.write({"nnviz.yaml": f"models: {{net: {{onnx: net.onnx, views: {views}}}}}\n"})
    drawn.here("generate")
    assert names(drawn) == ALWAYS | pictures
    assert drawn.here("check") == (0, "✓ 1 of 1 fresh\n")
    assert drawn.here("check", "--full")[0] == 0


def test_it_follows_theme_and_formats(drawn: Repository) -> None:
    drawn.write(
        {"nnviz.yaml": "models: {net: {onnx: net.onnx, views: [overview], theme: both, formats: [png, svg]}}\n"}
    )
    assert drawn.here("generate")[0] == 0
    assert names(drawn) == ALWAYS | {f"overview{t}.{form}" for t in ("", "-dark") for form in ("png", "svg")}


def test_a_lock_from_before_there_were_overviews_is_renewed(drawn: Repository) -> None:
    path = drawn.folder / "diagrams/net/lock.json"
    new = path.read_text(encoding="utf-8")
    data = {key: value for key, value in json.loads(new).items() if key not in ("nnviz", "checksum")}
    data["outputs"].pop("overview.png")
    path.write_text(json.dumps({**data, "checksum": locks._checksum(data), "nnviz": 3}), encoding="utf-8")
    (drawn.folder / "diagrams/net/overview.png").unlink()
    code, said = drawn.here("check")
    assert code == 1 and "✗ net: stale\n    written by an older nnviz-action\n" in said
    assert drawn.here("generate")[0] == 0
    assert path.read_text(encoding="utf-8") == new and drawn.here("check")[0] == 0
