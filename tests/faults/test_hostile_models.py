"""What becomes of models that do what no model should: see hostile.yaml."""

import re

import hostile
import pytest
from hostile import BESIDE, ROWS, Run

pytestmark = pytest.mark.torch
DRAWN = [name for name, row in ROWS.items() if not row.keys() & {"says", "says_one_of"}]
NAMED = [name for name in ROWS if name not in DRAWN]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Run:
    """One run over all rows, however many processes the tests run in."""
    return Run(**hostile.once(tmp_path_factory, worker_id, "hostile", hostile.run))


@pytest.mark.parametrize("name", NAMED)
def test_what_cannot_be_drawn_is_told_with_its_place_and_its_cure(name: str, run: Run) -> None:
    told, row = run.error(name), ROWS[name]
    assert f"\n    nnviz.yaml:{run.line(name)}: {name}\n" in told or "is there already" in told
    for phrase in row.get("says", ()):
        assert phrase in told
    assert any(phrase in told for phrase in row.get("says_one_of", [""]))
    assert len(told) < 3000 and len(told.splitlines()) < 12, "nobody reads more"
    assert not run.lock(name) or not run.lock(name)["outputs"], "nothing vouches for it"


@pytest.mark.parametrize("name", DRAWN)
def test_what_can_be_drawn_is_drawn(name: str, run: Run) -> None:
    assert not run.error(name)
    left_out = {"onnx": "model.onnx", "graph": "graph.json"}.get(ROWS[name].get("without", ""), "")
    files = {"graph.json", "model.onnx", "forward.png"} - {left_out}
    assert files <= run.lock(name)["outputs"].keys()


def test_the_models_beside_are_all_drawn(run: Run) -> None:
    assert run.code == 3
    assert [name for name in BESIDE if run.error(name) or not run.lock(name)] == []
    assert len({run.lock(name)["digests"]["forward"] for name in BESIDE}) == 1


def test_no_message_shows_our_own_code(run: Run) -> None:
    ours = "\n".join(line for line in run.said.splitlines() if not re.match(rf"({'|'.join(ROWS)}): ", line))
    for words in ("Traceback", "nnviz_action/", "this is a bug", "Exception in thread", "Exception ignored"):
        assert words not in ours


def test_what_is_fresh_is_what_was_drawn(run: Run) -> None:
    stale = set(re.findall(r"^✗ (\S+):", run.checked, re.M))
    assert stale == set(NAMED), run.checked


def test_no_file_is_half_written_and_none_of_the_users_own_is_changed(run: Run) -> None:
    assert [str(path) for path in run.folder.rglob("*.tmp")] == []
    assert run.changed == []
    assert not (run.folder / "diagrams/writes_pictures/forward.png").exists()


def test_no_process_outlives_the_run(run: Run) -> None:
    """Not even one in a session of its own."""
    assert run.left == []


def test_at_least_a_hundred_kinds_are_tried() -> None:
    assert len(ROWS) >= 100 and len({row["kind"] for row in ROWS.values()}) == len(ROWS)
