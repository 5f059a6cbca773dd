"""`check --full` against diagrams that were forged together with their locks: none of them is fresh."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Project
from forged_kinds import BESIDE, FILES, LOCK, TOLD
from forgery import OTHER, TRUE, Diagram, Forge

from nnviz_action.project.gallery import find_pages, write_pages
from nnviz_action.project.selection import open_document

pytestmark = pytest.mark.torch
Found = Callable[[Forge], tuple[int, str]]
# What makes the next check look again, or what another environment may say otherwise: told, and no failure.
OWN_WORDS = "written", "weights", "packages", "toolchain", "opaque", "a source more"


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A project, and the same with another network."""
    folders = tmp_path_factory.mktemp("true") / "project", tmp_path_factory.mktemp("other") / "project"
    for folder, files in zip(folders, (TRUE, OTHER), strict=True):
        code, said = Project(folder).write(files).here("generate")
        assert code == 0, said
    return folders


@pytest.fixture
def judged(drawn: tuple[Path, Path], tmp_path: Path) -> Found:
    """The exit code and the verdict of `check --full` on what was forged."""

    def found(forge: Forge) -> tuple[int, str]:
        project = Project(Path(shutil.copytree(drawn[0], tmp_path / "project")))
        forge(Diagram(project.folder / "diagrams/net", drawn[1] / "diagrams/net"))
        write_pages(find_pages(open_document(str(project.folder / "nnviz.yaml")), {}))
        code, said = project.here("check", "--full", "--format", "json")
        data = json.loads(said[said.index("{\n") :])
        galleries = [row["status"] for row in data["galleries"]]
        return code, next(
            iter([row["status"] for row in data["models"] if row["status"] != "fresh"] + galleries), "fresh"
        )

    return found


def test_what_is_true_is_fresh(judged: Found) -> None:
    assert judged(lambda _: None) == (0, "fresh")


@pytest.mark.parametrize("kind", [*FILES, *BESIDE])
def test_no_forged_file_is_fresh(kind: str, judged: Found) -> None:
    code, status = judged((FILES | BESIDE)[kind])
    assert (code, status == "fresh") == (1, False), status


@pytest.mark.parametrize("field", LOCK)
def test_no_forged_field_of_a_lock_is_fresh(field: str, judged: Found) -> None:
    code, status = judged(LOCK[field])
    assert status != "fresh"
    assert (code, status) == (0, "drift") if field in OWN_WORDS else code == 1


@pytest.mark.parametrize("kind", TOLD)
def test_what_nothing_here_can_prove_is_told(kind: str, judged: Found) -> None:
    assert judged(TOLD[kind]) == (0, "drift")
