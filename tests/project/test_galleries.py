"""The gallery of an output folder: right after every command that writes, and never in place of somebody's file."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import hooked
import pytest
from conftest import Project
from repository import Repository, chain
from test_check import CONFIG, HEAVY, fresh

from nnviz_action.config.document import read_document
from nnviz_action.config.load import load_config
from nnviz_action.freshness.lock import read_lock
from nnviz_action.freshness.outputs import write_diagram
from nnviz_action.report.gallery import MARKER

Cli = Callable[..., tuple[int, str, str]]
PAGE = "diagrams/README.md"
OUTDATED = "✗ diagrams/README.md: outdated\n    "


@pytest.fixture
def drawn(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "drawn").models(one="Relu", two="Tanh > Relu")


def models(project: Project, page: str = PAGE) -> list[str]:
    rows = [line for line in project.read(page).splitlines() if line.startswith("| [")]
    return [row.partition("[")[2].partition("]")[0] for row in rows]


@pytest.mark.parametrize("damage", ["gone", "edited"])
def test_a_gallery_that_is_not_right_fails_the_check_and_is_mended_without_torch(
    damage: str, project: Project
) -> None:
    path = fresh(project).folder / PAGE
    right = path.read_bytes()
    path.unlink() if damage == "gone" else path.write_bytes(right.replace(b"two", b"too"))
    done = project.run("check")
    why = "there is no gallery of this folder yet" if damage == "gone" else "the gallery shows other models"
    assert done.returncode == 1
    assert done.stdout.startswith(OUTDATED + why)
    assert done.stdout.endswith("2 of 2 fresh\nto mend this: nnviz-action generate, then commit what it wrote\n")
    program = (
        "import sys; from nnviz_action.cli.main import main; code = main(['generate', '--fail-if-changed']);"
        f"print(sorted(set({HEAVY}) & set(sys.modules)), code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project.folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"gallery: {path}\n✓ 2 of 2 fresh\n[] 1\n", done.stderr
    assert path.read_bytes() == right
    assert project.run("generate", "--fail-if-changed").returncode == 0


def test_line_ends_do_not_count(project: Project, cli: Cli) -> None:
    path = fresh(project).folder / PAGE
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert cli(project, "check")[0] == 0


def test_a_check_of_some_models_judges_these_alone(project: Project, cli: Cli) -> None:
    (fresh(project).folder / PAGE).unlink()
    assert cli(project, "check", "one")[0] == 0


def test_annotations_and_json_tell_of_it(project: Project, cli: Cli) -> None:
    (fresh(project).folder / PAGE).unlink()
    found = json.loads(cli(project, "check", "--format", "json")[1])
    why = "there is no gallery of this folder yet"
    assert found["galleries"] == [{"file": PAGE, "status": "outdated", "reasons": [why]}]
    assert (found["fresh"], found["cure"]) == (False, "nnviz-action generate")
    lines = cli(project, "check", "--format", "github")[1].splitlines()
    told = f"{why}%0Ato mend this: nnviz-action generate, then commit what it wrote"
    assert lines[0] == f"::error file=nnviz.yaml,line=1,col=1,title={PAGE}%3A outdated::{told}"


def test_whatever_is_drawn_the_gallery_is_right_then(drawn: Repository, cli: Cli) -> None:
    assert models(drawn) == ["one", "two"]
    (drawn.folder / "three.onnx").write_bytes(chain("Relu > Relu"))
    text = drawn.read("nnviz.yaml")
    drawn.write({"nnviz.yaml": text + "  three: {onnx: three.onnx}\n"})
    assert cli(drawn, "generate", "three")[0] == 0
    assert models(drawn) == ["one", "three", "two"]
    assert cli(drawn, "check")[0] == 0
    assert "| 2 |" in next(line for line in drawn.read(PAGE).splitlines() if "[three]" in line)

    (drawn.folder / "two.onnx").write_bytes(b"broken")
    drawn.write({"nnviz.yaml": text.replace("  one:\n    onnx: one.onnx\n", "") + "  three: {onnx: three.onnx}\n"})
    assert cli(drawn, "generate", "two")[0] == 3
    assert models(drawn) == ["three", "two"], "one has left the config, and two is shown as it was drawn"
    assert cli(drawn, "generate")[0] == 3
    assert models(drawn) == ["three", "two"]
    assert "README.md" not in cli(drawn, "check")[1]


def test_several_output_folders_have_a_gallery_each(drawn: Repository, cli: Cli) -> None:
    text = drawn.read("nnviz.yaml").replace("onnx: two.onnx", "onnx: two.onnx\n    output: docs/nets")
    drawn.write({"nnviz.yaml": text})
    assert cli(drawn, "generate")[0] == 0
    assert (models(drawn), models(drawn, "docs/nets/README.md")) == (["one"], ["two"])
    (drawn.folder / "docs/nets/README.md").unlink()
    assert "✗ docs/nets/README.md: outdated" in cli(drawn, "check")[1]


def test_configs_that_share_a_folder_agree_on_its_gallery(drawn: Repository, cli: Cli) -> None:
    for name in ("three", "four"):
        (drawn.folder / f"{name}.onnx").write_bytes(chain("Relu"))
    other = "models:\n  three: {onnx: three.onnx}\n"
    drawn.write({"sub/other.yaml": other.replace("three.onnx", "../three.onnx, output: ../diagrams")})
    assert cli(drawn, "generate", "--config", "sub/other.yaml")[0] == 0
    assert models(drawn) == ["one", "three", "two"]
    assert "| `one.onnx` |" in drawn.read(PAGE) and "| `../three.onnx` |" in drawn.read(PAGE)
    for config in ("nnviz.yaml", "sub/other.yaml"):
        assert cli(drawn, "check", "--config", config)[0] == 0
        assert cli(drawn, "generate", "--fail-if-changed", "--config", config)[0] == 0

    drawn.write({"sub/other.yaml": "gallery: false\n" + drawn.read("sub/other.yaml")})
    assert cli(drawn, "generate", "--config", "sub/other.yaml")[0] == 0
    assert models(drawn) == ["one", "three", "two"], "the other config keeps it"
    (drawn.folder / "sub/other.yaml").unlink()
    assert "other models" in cli(drawn, "check")[1], "the diagram of three is nobody's now"
    assert cli(drawn, "generate")[0] == 0
    assert models(drawn) == ["one", "two"]


FOREIGN = {
    "a text": lambda folder: (folder / "README.md").write_text("# Ours\n"),
    "nothing": lambda folder: (folder / "README.md").write_text(""),
    "without the marker": lambda folder: (folder / "README.md").write_text(f"\n{MARKER}\n"),
    "a folder": lambda folder: (folder / "README.md").mkdir(),
    "a link": lambda folder: (folder / "README.md").symlink_to("../README.md"),
    "in small letters": lambda folder: (folder / "readme.md").write_text(""),
}


@pytest.mark.parametrize("put", FOREIGN.values(), ids=list(FOREIGN))
def test_what_somebody_else_put_there_stays(put: Callable[[Path], None], drawn: Repository, cli: Cli) -> None:
    folder = drawn.folder / "diagrams"
    (folder / "README.md").unlink()
    put(folder)
    before = state(folder)
    assert cli(drawn, "check") == (0, "✓ 2 of 2 fresh\n", "")
    code, out, err = cli(drawn, "generate", "--fail-if-changed")
    assert (code, out) == (0, "✓ 2 of 2 fresh\n")
    assert err == (
        f"note: no gallery, as this was not written by nnviz-action: {folder / 'README.md'}\n"
        "  to end this note: move it away, or  gallery: false  in nnviz.yaml\n"
    )
    assert cli(drawn, "generate", "--force")[0] == 0
    assert state(folder) == before
    drawn.write({"nnviz.yaml": "gallery: false\n" + drawn.read("nnviz.yaml")})
    assert cli(drawn, "generate") == (0, "✓ 2 of 2 fresh\n", "")
    assert state(folder) == before


def state(folder: Path) -> dict[str, object]:
    found = [path for path in folder.iterdir() if path.name.lower() == "readme.md"]
    return {path.name: path.is_symlink() or path.is_dir() or path.read_bytes() for path in found}


def test_switched_off_there_is_none(drawn: Repository, cli: Cli) -> None:
    config = drawn.folder / "nnviz.yaml"
    before = [(spec.written, spec.entry()) for spec in load_config(read_document(config)).models]
    drawn.write({"nnviz.yaml": "gallery: false\n" + drawn.read("nnviz.yaml")})
    after = [(spec.written, spec.entry()) for spec in load_config(read_document(config)).models]
    assert after == before, "no diagram is stale for it, and the check is quick"
    assert OUTDATED + "there ought to be no gallery" in cli(drawn, "check")[1]
    assert cli(drawn, "generate")[1] == f"removed: {drawn.folder / PAGE}\n✓ 2 of 2 fresh\n"
    assert not (drawn.folder / PAGE).exists()
    assert cli(drawn, "check")[0] == 0
    drawn.write({"nnviz.yaml": drawn.read("nnviz.yaml").replace("false", "perhaps")})
    assert cli(drawn, "check") == (
        2,
        "",
        "error: nnviz.yaml:1:1: gallery: input should be a valid boolean, not 'perhaps'\n",
    )


def test_where_it_cannot_be_written_that_is_told(
    drawn: Repository, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, _: bytes) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    (drawn.folder / PAGE).unlink()
    monkeypatch.setattr("nnviz_action.project.gallery.replace", refuse)
    assert cli(drawn, "generate") == (3, "", f"error: cannot write {drawn.folder / PAGE}: Permission denied\n")


def test_a_shard_leaves_it_to_whoever_joins_the_parts(drawn: Repository, cli: Cli) -> None:
    (drawn.folder / PAGE).unlink()
    for part in ("1/2", "2/2"):
        assert cli(drawn, "generate", "--shard", part)[0] == 0
    assert not (drawn.folder / PAGE).exists()
    assert "README.md: outdated" in cli(drawn, "check", "--shard", "1/2")[1]
    assert cli(drawn, "check", "--shard", "2/2")[0] == 0


@pytest.fixture
def staged(repository: hooked.Repository) -> hooked.Repository:
    fresh(repository)
    repository.git("add", "--all")
    return repository


@pytest.mark.parametrize("command", ["check", "generate"])
def test_a_commit_must_have_it(command: str, staged: hooked.Repository, cli: Cli) -> None:
    staged.git("rm", "--quiet", "--cached", PAGE)
    code, out, _ = cli(staged, command, "--staged")
    assert code == 1
    assert out.splitlines() == [
        f"✗ {PAGE}: unstaged", "    not in git: README.md", "2 of 2 fresh and staged",
        "to mend this:", f"  git add {PAGE}", "then commit again",
    ]  # fmt: skip
    staged.follow(out)
    assert cli(staged, command, "--staged")[0] == 0
    (staged.folder / PAGE).unlink()
    out = staged.nnviz("check", "--staged", fails=True)
    assert f"to mend this:\n  nnviz-action generate\n  git add {PAGE}\nthen commit again" in out
    staged.git("rm", "--quiet", "--cached", PAGE)
    staged.write({".gitignore": "README.md\n"}).nnviz("generate")
    out = staged.nnviz("check", "--staged", fails=True)
    assert f"    ignored by git: README.md\n2 of 2 fresh and staged\nto mend this:\n  git add --force {PAGE}\n" in out


def test_a_hook_that_writes_it_fails_the_commit_once(staged: hooked.Repository) -> None:
    (staged.folder / PAGE).write_text(f"{MARKER}\nold\n")
    staged.git("add", "--all")
    hook = ("generate", "--staged", "--fail-if-changed")
    out = staged.nnviz(*hook, fails=True)
    assert "not staged as it is: README.md" in out and f"  git add {PAGE}\n" in out
    staged.follow(out)
    assert staged.nnviz(*hook) == "✓ 2 of 2 fresh and staged\n"


def test_what_is_not_staged_of_another_config_does_not_count(staged: hooked.Repository) -> None:
    staged.write({"other.yaml": CONFIG.replace("one", "three").replace("two", "four")})
    folder = staged.folder / "diagrams"
    for old, new in (("one", "three"), ("two", "four")):
        lock = read_lock(folder / old)
        assert lock is not None
        write_diagram(folder / new, {}, replace(lock, model=new, config="../../other.yaml", outputs={}))
    assert staged.nnviz("check", "--staged") == "✓ 2 of 2 fresh and staged\n"
    staged.git("add", "other.yaml", "diagrams/three")
    staged.nnviz("generate", "--staged", fails=True)
    assert models(staged) == ["one", "three", "two"]
