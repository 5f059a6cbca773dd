"""What is written while strangers' code runs lies where it was meant to, or nowhere."""

import os
from pathlib import Path

import pytest

from nnviz_action.errors import ModelError
from nnviz_action.freshness.lock import Lock
from nnviz_action.freshness.outputs import replace, write_diagram
from nnviz_action.system.pinned import Pins

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights there")
LOCK = Lock("net", "nnviz.yaml", "", "", {}, {"graph.json": ""}, {}, {}, {}, {}, (), {}, {})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "docs").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    return tmp_path / "root"


def test_a_folder_is_made_and_written_to(root: Path) -> None:
    folder = root / "docs/diagrams/net"
    with Pins(root, [folder]) as pins, pins.open(folder) as pinned:
        write_diagram(pinned, {"graph.json": b"{}"}, LOCK)
    assert (folder / "graph.json").read_bytes() == b"{}" and (folder / "lock.json").exists()


def test_a_link_that_was_there_before_is_followed(root: Path) -> None:
    (root / "diagrams").symlink_to("docs")
    with Pins(root, [root / "diagrams/net"]) as pins, pins.open(root / "diagrams/net") as pinned:
        replace(pinned / "graph.json", b"{}")
    assert (root / "docs/net/graph.json").exists()


@pytest.mark.parametrize("swapped", ["docs", "docs/diagrams", "docs/diagrams/net"])
def test_a_folder_that_became_a_link_is_refused(swapped: str, root: Path) -> None:
    folder = root / "docs/diagrams/net"
    folder.mkdir(parents=True)
    with Pins(root, [folder]) as pins:
        (root / swapped).rename(root / "away")
        (root / swapped).symlink_to(root.parent / "outside")
        with pytest.raises(ModelError, match="leads elsewhere than before"), pins.open(folder):
            pass
        with pytest.raises(ModelError, match="leads elsewhere than before"):
            pins.refuse_moved()
    assert list((root.parent / "outside").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no paths of descriptors here")
def test_a_folder_that_becomes_a_link_while_it_is_written_to_is_left_where_it_was(root: Path) -> None:
    folder = root / "docs/net"
    with Pins(root, [folder]) as pins, pins.open(folder) as pinned:
        (root / "docs").rename(root / "away")
        (root / "docs").symlink_to(root.parent / "outside")
        replace(pinned / "graph.json", b"{}")
    assert list((root.parent / "outside").iterdir()) == [] and (root / "away/net/graph.json").exists()


def test_no_link_in_the_place_of_a_part_of_a_file_is_written_through(root: Path) -> None:
    victim = root / "victim"
    victim.write_text("mine")
    (root / f".graph.json.{os.getpid()}.tmp").symlink_to(victim)
    replace(root / "graph.json", b"{}")
    assert victim.read_text() == "mine" and (root / "graph.json").read_bytes() == b"{}"


def test_an_error_names_the_folder_as_it_is_called(root: Path) -> None:
    (root / "net").mkdir()
    (root / "net/graph.json").write_text("somebody's own")
    with Pins(root, [root / "net"]) as pins:
        with pytest.raises(ModelError) as told, pins.open(root / "net") as pinned:
            write_diagram(pinned, {"graph.json": b"{}"}, LOCK)
        assert told.value.message.startswith(str(root / "net/graph.json"))
        (root / "net/summary.md").mkdir()
        with pytest.raises(OSError) as failed, pins.open(root / "net") as pinned:
            replace(pinned / "summary.md", b"")
        assert failed.value.filename == str(root / "net/summary.md")
