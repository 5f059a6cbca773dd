"""Galleries and budgets that were forged, a model that mends what is forged while it is captured, and `generate`."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Project
from forged_kinds import ELSEWHERE, FILES
from forgery import Diagram, both, merged, with_its_hash
from repository import Repository, chain

from nnviz_action.project import recapture
from nnviz_action.project.gallery import find_pages, write_pages
from nnviz_action.project.selection import open_document

PAGE = "diagrams/README.md"


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return both(tmp_path_factory.mktemp("forged"))


@pytest.fixture
def two(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "r").models(net="Relu > Sigmoid", other="Tanh")


def linked(project: Project) -> None:
    page = project.folder / PAGE
    page.rename(page.with_name("page.md"))
    page.symlink_to("page.md")


def other_case(project: Project) -> None:
    (project.folder / PAGE).rename(project.folder / "diagrams/readme.md")


def replaced(old: str, new: str) -> Callable[[Project], object]:
    def forge(project: Project) -> object:
        text = project.read(PAGE)
        assert old in text
        return project.write({PAGE: text.replace(old, new)})

    return forge


GALLERIES: dict[str, Callable[[Project], object]] = {
    "another's picture": replaced('src="net/overview.png"', 'src="other/overview.png"'),
    "another page": lambda p: p.write({PAGE: "# Diagrams\n\n![net](other/overview.png)\n"}),
    "another first line": replaced("<!-- Written by nnviz-action generate", "<!-- Written by nnviz-action's generate"),
    "a page under another case of its name": other_case,
    "a link": linked,
    "no page": lambda p: (p.folder / PAGE).unlink(),
    "other numbers": replaced("| 0 |", "| 10 |"),
}  # fmt: skip


@pytest.mark.parametrize("kind", GALLERIES)
def test_no_forged_gallery_is_fresh(kind: str, two: Repository) -> None:
    assert two.here("check", "--full")[0] == 0
    GALLERIES[kind](two)
    code, said = two.here("check", "--full")
    assert code == 1 and "✗ diagrams/README.md: outdated" in said


def test_a_gallery_that_the_config_does_not_want_may_be_anything(two: Repository) -> None:
    two.write({"nnviz.yaml": f"gallery: false\n{two.read('nnviz.yaml')}", PAGE: "mine\n"})
    assert two.here("generate")[0] == 0
    assert two.here("check", "--full")[0] == 0


def test_a_budget_is_judged_by_what_was_counted(tmp_path: Path) -> None:
    project = Repository(tmp_path / "r").models(net="Relu > Sigmoid")
    project.write({"nnviz.yaml": "models:\n  net: {onnx: net.onnx, budgets: {activations: 50}}\n"})
    forged = Diagram(project.folder / "diagrams/net", project.folder)
    assert forged.lock.numbers["activations"] > 50
    merged("numbers", activations=10)(forged)
    write_pages(find_pages(open_document(str(project.folder / "nnviz.yaml")), {}))
    assert project.here("check")[0] == 0, "here the lock is believed"
    code, said = project.here("check", "--full")
    assert code == 1 and "✗ net: over budget" in said and "activations in its lock.json: 10 instead of" in said


@pytest.mark.torch
def test_a_model_that_mends_what_is_forged_comes_too_late(tmp_path: Path) -> None:
    """Not all that code can do to files is refused: the diagram is read before any of it runs."""
    mend = "import shutil, subprocess\nsubprocess.run(['cp', '-r', 'kept/.', 'diagrams/'])\nsubprocess.run(['rm', '-f', 'diagrams/net/Overview.png'])\n"
    config = "models:\n  net: {model: 'net:Net', inputs: [[1, 4]], views: [overview]}\n"
    code = "from torch import nn\n\n\ndef Net():\n    return nn.Sequential(nn.Linear(4, 2), nn.ReLU())\n"
    project = Project(tmp_path / "p").write({"nnviz.yaml": config, "net.py": mend + code})
    (project.folder / "kept").mkdir()
    assert project.here("generate")[0] == 0
    shutil.copytree(project.folder / "diagrams", project.folder / "kept", dirs_exist_ok=True)
    true = project.read(PAGE)
    project.write({PAGE: true.replace("overview.png", "forward.png")})
    (project.folder / "diagrams/net/Overview.png").write_bytes(b"forged")
    code_, said = project.here("check", "--full")
    assert project.read(PAGE) == true, "the model did mend it"
    assert code_ == 1 and "README.md: outdated" in said and "Overview.png is none of its files" in said


@pytest.mark.torch
@pytest.mark.parametrize(
    "kind",
    [
        "another network's overview.png",
        "another network's forward.svg",
        "another network's model.onnx",
        "another network's summary.md",
        "an animation",
        "all files",
    ],
)
def test_generate_after_a_harmless_edit_keeps_nothing_forged(
    kind: str, drawn: tuple[Path, Path], tmp_path: Path
) -> None:
    project = Project(Path(shutil.copytree(drawn[0], tmp_path / "project")))
    forged = Diagram(project.folder / "diagrams/net", drawn[1] / "diagrams/net")
    true = {name: forged.read(name) for name in forged.lock.outputs}
    FILES[kind](forged)
    assert {name: forged.read(name) for name in true} != true
    project.write({"net.py": project.read("net.py").replace("self.head(x", "self.head(1 * 1 and x")})
    assert project.here("generate")[0] == 0
    assert {name: forged.read(name) for name in true} == true
    assert project.here("check", "--full")[0] == 0


@pytest.mark.torch
def test_nor_a_picture_that_says_it_was_painted_elsewhere(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    project = Project(Path(shutil.copytree(drawn[0], tmp_path / "project")))
    forged = Diagram(project.folder / "diagrams/net", drawn[1] / "diagrams/net")
    true = forged.read("overview.png")
    with_its_hash("overview.png", **ELSEWHERE)(forged)
    project.write({"net.py": project.read("net.py").replace("self.head(x", "self.head(1 * 1 and x")})
    assert project.here("generate")[0] == 0
    assert forged.read("overview.png") == true


@pytest.mark.torch
def test_a_harmless_edit_leaves_all_of_it_fresh(drawn: tuple[Path, Path], tmp_path: Path) -> None:
    project = Project(Path(shutil.copytree(drawn[0], tmp_path / "project")))
    project.write({"net.py": project.read("net.py").replace("self.head(x", "self.head(1 * 1 and x")})
    assert project.here("check", "--full")[0] == 0


def test_where_nothing_can_be_made_nothing_is_proved(two: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A branch may see to it that a package is not installed."""
    monkeypatch.setattr(recapture, "find_spec", lambda name: None)
    assert two.here("check")[0] == 0
    code, said = two.here("check", "--full")
    assert code == 1 and "net: suspect\n    it was not made again\n    onnx is not here to tell" in said


def test_an_onnx_file_is_held_against_too(two: Repository) -> None:
    (two.folder / "net.onnx").write_bytes(chain("Relu > Sigmoid"))
    forged = Diagram(two.folder / "diagrams/net", two.folder / "diagrams/other")
    forged.take("model.onnx")
    assert two.here("check")[0] == 0
    code, said = two.here("check", "--full")
    assert code == 1 and "model.onnx is not what is made now" in said
