"""`check` as its users meet it: quick, without torch, and telling what to do."""

import json
import ntpath
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace

import pytest
from conftest import Project

from nnviz_action.config import read_document
from nnviz_action.config.load import load_config
from nnviz_action.freshness import facts
from nnviz_action.freshness.facts import hash_sources
from nnviz_action.freshness.hashes import Hasher
from nnviz_action.freshness.lock import Lock, Source, lock_bytes, read_lock
from nnviz_action.freshness.outputs import write_diagram
from nnviz_action.project.gallery import find_pages, write_pages
from nnviz_action.project.survey import expected_names

CONFIG = "models:\n  one: {model: net:A, inputs: [[1]]}\n  two: {model: net:B, inputs: [[1]], views: [forward]}\n"


def fresh(project: Project) -> Project:
    """A project as `generate` would leave it, without running a model."""
    project.write({"nnviz.yaml": CONFIG, "net.py": "A = B = 1\n", "data.json": "{}\n"})
    config = load_config(read_document(project.folder / "nnviz.yaml"))
    for spec in config.models:
        files = {name: name.encode() for name in expected_names(spec, None)}
        lock = Lock(
            model=spec.name, config="../../nnviz.yaml", written=spec.written, entry=spec.entry(),
            digests=dict.fromkeys(spec.graphs, "0"), outputs={n: sha256(d).hexdigest() for n, d in files.items()},
            sources=hash_sources([project.folder / "net.py", project.folder / "data.json"], project.folder, Hasher()),
            numbers={"parameters": 7},
        )  # fmt: skip
        write_diagram(spec.folder, files, lock)
    write_pages(find_pages(read_document(config.path), {}))
    return project


Cli = Callable[..., tuple[int, str, str]]


def test_fresh(project: Project, cli: Cli) -> None:
    assert cli(fresh(project), "check") == (0, "✓ 2 of 2 fresh\n", "")


def test_only_the_named_models_are_judged(project: Project, cli: Cli) -> None:
    (fresh(project).folder / "diagrams" / "two" / "forward.png").unlink()
    assert cli(project, "check", "one")[0] == 0
    assert cli(project, "check", "two")[0] == 1


def test_an_unknown_model_is_a_usage_error(project: Project, cli: Cli) -> None:
    code, _, err = cli(fresh(project), "check", "tow")
    assert code == 2
    assert "nnviz.yaml has no model 'tow'\n  did you mean 'two'?" in err


def test_what_is_wrong_comes_with_the_command_that_mends_it(project: Project, cli: Cli) -> None:
    (fresh(project).folder / "diagrams" / "two" / "forward.png").unlink()
    code, out, _ = cli(project, "check")
    assert code == 1
    assert out.splitlines() == [
        "✗ two: missing",
        "    forward.png is missing",
        "1 of 2 fresh",
        "to mend this: nnviz-action generate two, then commit what it wrote",
    ]


def test_json(project: Project, cli: Cli) -> None:
    (fresh(project).folder / "diagrams" / "one" / "model.onnx").write_bytes(b"other")
    code, out, _ = cli(project, "check", "--format", "json")
    assert code == 1
    assert json.loads(out) == {
        "models": [
            {
                "model": "one",
                "status": "edited",
                "reasons": ["model.onnx is not as generated"],
                "changes": [],
                "numbers": {"parameters": 7},
            },
            {"model": "two", "status": "fresh", "reasons": [], "changes": [], "numbers": {"parameters": 7}},
        ],
        "galleries": [],
        "fresh": False,
        "cure": "nnviz-action generate one",
        "checkpoints": {},
        "on_checkpoint_break": "ignore",
        "over": [],
    }


def test_annotations_point_at_the_entry(project: Project, cli: Cli) -> None:
    (fresh(project).folder / "diagrams" / "two" / "forward.png").unlink()
    _, out, _ = cli(project, "check", "--format", "github")
    message = "forward.png is missing%0Ato mend this: nnviz-action generate two, then commit what it wrote"
    assert out.splitlines()[0] == f"::error file=nnviz.yaml,line=3,col=3,title=two%3A missing::{message}"


def test_a_removed_model_leaves_an_orphan(project: Project, cli: Cli) -> None:
    fresh(project).write({"nnviz.yaml": CONFIG.split("  two")[0]})
    code, out, _ = cli(project, "check")
    assert code == 1
    assert "✗ two: orphan\n    no longer in the config" in out


def test_a_config_error_lists_the_places(project: Project, cli: Cli) -> None:
    fresh(project).write({"nnviz.yaml": CONFIG + "  three: {model: net:A}\n"})
    code, _, err = cli(project, "check")
    assert code == 2
    assert "nnviz.yaml:4:3: model 'three': it has no inputs" in err


def test_without_a_config_it_says_so(project: Project, cli: Cli) -> None:
    code, _, err = cli(project, "check")
    assert code == 2
    assert "there is no nnviz.yaml in this folder" in err


HEAVY = ("torch", "onnx", "numpy", "pydantic", "PIL", "rich", "tempfile", "asyncio")


def test_nothing_heavy_is_imported(project: Project) -> None:
    fresh(project)
    program = (
        "import sys; from nnviz_action.cli.main import main; code = main(['check']);"
        f"print(sorted(set({HEAVY}) & set(sys.modules)), code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project.folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[] 0", done.stderr


def without_torch(folder: Path) -> dict[str, str]:
    """An environment in which torch cannot be found."""
    (folder / "sitecustomize.py").write_text(
        "import importlib.util\nreal = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, package=None: None if name in ('torch', 'onnx') else real(name, package)\n"
    )
    return {"PYTHONPATH": str(folder)}


@pytest.mark.parametrize(("name", "text"), [("net.py", "A = B = 2\n"), ("data.json", "[]\n")])
def test_a_changed_source_without_torch_is_suspect(name: str, text: str, project: Project, tmp_path: Path) -> None:
    fresh(project).write({name: text})
    done = project.run("check", env=without_torch(tmp_path))
    assert done.returncode == 1
    assert done.stdout.startswith(f"✗ one: suspect\n    {name} changed\n    torch is not here to tell")
    assert "to mend this: nnviz-action generate" in done.stdout


def test_a_comment_is_no_change_even_without_torch(project: Project, tmp_path: Path) -> None:
    fresh(project).write({"net.py": "# a comment\nA = B = 1\n"})
    assert project.run("check", env=without_torch(tmp_path)).returncode == 0


def test_a_pattern_in_sources_sees_new_files(project: Project, tmp_path: Path) -> None:
    fresh(project).write({"extra/a.txt": "a"})
    project.write({"nnviz.yaml": CONFIG.replace("views: [forward]", "views: [forward], sources: ['extra/*.txt']")})
    done = project.run("check", env=without_torch(tmp_path))
    assert "✗ two: suspect\n    extra/a.txt is new" in done.stdout


def test_a_lock_that_points_outside_the_repository_is_not_followed(project: Project, tmp_path: Path) -> None:
    secret = fresh(project).folder.parent / "secret"
    secret.write_text("x")
    folder = project.folder / "diagrams" / "one"
    lock = read_lock(folder)
    assert lock is not None
    outside = {**lock.sources, "../secret": Source(sha256(b"x").hexdigest())}
    (folder / "lock.json").write_bytes(lock_bytes(replace(lock, sources=outside)))
    done = project.run("check", env=without_torch(tmp_path))
    assert "../secret lies outside the repository" in done.stdout


def test_a_config_elsewhere_is_named_as_it_was_given(project: Project, cli: Cli) -> None:
    (fresh(project).folder / "diagrams" / "two" / "forward.png").unlink()
    (project.folder / "elsewhere").mkdir()
    elsewhere = Project(project.folder / "elsewhere")
    (elsewhere.folder / ".git").rmdir()
    _, out, _ = cli(elsewhere, "check", "--config", "../nnviz.yaml")
    assert "to mend this: nnviz-action generate --config ../nnviz.yaml two" in out
    _, out, _ = cli(elsewhere, "check", "--config", "../nnviz.yaml", "--format", "github")
    assert out.startswith("::error file=nnviz.yaml,line=3")


def test_a_folder_that_another_config_uses_is_not_ours(project: Project, cli: Cli) -> None:
    fresh(project).write({"other.yaml": CONFIG})
    code, out, _ = cli(project, "check", "--config", "other.yaml")
    assert code == 1
    assert "✗ one: taken\n    its folder belongs to nnviz.yaml: rename it, or change its output" in out
    code, _, err = cli(project, "generate", "--config", "other.yaml", "one")
    assert code == 3 and "error: one: its folder belongs to nnviz.yaml" in err


def test_an_empty_config_is_not_fresh(project: Project, cli: Cli) -> None:
    assert cli(project.write({"nnviz.yaml": "models: {}\n"}), "check")[0] == 2


def test_windows_paths_of_sources_are_told_from_those_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "os", SimpleNamespace(path=ntpath, sep="\\"))
    hashes = {"C:\\r\\src\\net.py": "1", "C:\\r\\p\\a.json": "2"}
    hasher = SimpleNamespace(text=hashes.get, tree=lambda _: None)
    place = SimpleNamespace(
        has=lambda _: True, base=PureWindowsPath("C:\\r\\p"), root=PureWindowsPath("C:\\r"), hasher=hasher
    )
    sources = {"../src/net.py": Source("1"), "a.json": Source("0"), "../../x.py": Source("1"), "gone.py": Source("1")}
    lock = Lock(model="m", config="c", written="w", entry="e", sources=sources)
    found = list(facts._changed(lock, place, ()))  # type: ignore[arg-type]
    assert found == ["a.json changed", "../../x.py lies outside the repository", "gone.py is gone"]
    assert facts.relative(PureWindowsPath("C:\\r\\src\\net.py"), place.base) == "../src/net.py"  # type: ignore[arg-type]
