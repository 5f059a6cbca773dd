"""The job of `generate.yml` that may write, step by step as it is written, with patches that a stranger's code made."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import composite
import pytest
import yaml
from conftest import ROOT
from repository import Repository

WORKFLOW = yaml.safe_load((ROOT / "examples" / "workflows" / "generate.yml").read_text())
(COMMIT,) = (job for job in WORKFLOW["jobs"].values() if job["permissions"].get("contents") == "write")
FOLDER = "diagrams"
FILES = {
    "diagrams/README.md": "gallery\n", "diagrams/notes.txt": "somebody's\n", "diagrams/net/lock.json": "{}\n", "diagrams/net/forward.png": "old\n",
    "diagrams/net/summary.md": "old\n" * 30, "net.py": "code\n" * 30, "secret.txt": "secret\n" * 30, "nnviz.yaml": "models: {}\n",
    ".github/workflows/ci.yml": "on: push\n", "diagrams2/x.png": "no diagram\n",
}  # fmt: skip


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    """What the job has checked out, and pushes to."""
    made = Repository(tmp_path / "made")
    made.write(FILES).commit("before")
    made.git("clone", "-q", "--bare", ".", str(tmp_path / "origin.git"))
    made.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    return made


def commit(origin: Repository, patch: bytes, **more: str) -> subprocess.CompletedProcess[str]:
    """The job's steps, each `run:` in a shell as the runner starts it, the patch where the artifact puts it."""
    temp, workspace = origin.folder.parent / "temp", origin.folder.parent / "workspace"
    origin.git("clone", "-q", str(origin.folder.parent / "origin.git"), str(workspace))
    context: dict[str, Any] = {
        "runner": {"temp": str(temp)},
        "github": {"ref": "refs/heads/main", "token": composite.TOKEN},
    }
    environment = composite.environment("workflow_dispatch", {}, temp) | {
        "FOLDER": WORKFLOW.get("env", {}).get("FOLDER", "")
    }
    said = ""
    for step in COMMIT["steps"]:
        if "download-artifact" in step.get("uses", ""):
            folder = Path(composite.evaluate(step["with"]["path"], context))
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "all.patch").write_bytes(patch)
        if "run" in step:
            own = {name: composite.evaluate(value, context) for name, value in step.get("env", {}).items()}
            script = temp / "step.sh"
            script.write_text(composite.evaluate(step["run"], context))
            done = subprocess.run(["bash", "-e", script], cwd=workspace, env=environment | own | more,
                                  capture_output=True, text=True, check=False)  # fmt: skip
            said += done.stdout + done.stderr
            if done.returncode:
                break
    return subprocess.CompletedProcess([], done.returncode, said)


def pushed(origin: Repository) -> dict[str, str]:
    """What the branch has that it had not: `mode path` and content, empty for what is gone."""
    origin.git("fetch", "-q", "origin")
    words = origin.git("diff-tree", "-r", "-z", "--no-renames", "main", "origin/main").split("\0")
    found = {}
    for about, path in zip(words[::2], words[1::2], strict=False):
        mode = about.split()[1]
        found[f"{mode} {path}"] = "" if mode == "000000" else origin.git("show", f"origin/main:{path}")
    return found


def patch(origin: Repository, change: Callable[[Path], object], *options: str) -> bytes:
    """The patch of a change to the files, however it was made."""
    change(origin.folder)
    origin.git("add", "--all", "--force")
    command = ["git", "diff", "--cached", "--binary", *options, "HEAD"]
    made = subprocess.run(command, cwd=origin.folder, capture_output=True, check=True).stdout
    origin.git("reset", "-q", "--hard")
    return made


def put(text: str, *paths: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        for path in paths:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)

    return change


def both(*changes: Callable[[Path], object]) -> Callable[[Path], None]:
    return lambda root: [change(root) for change in changes] and None


def link(path: str, target: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).unlink(missing_ok=True)
        (root / path).symlink_to(target)

    return change


def move(path: str, to: str) -> Callable[[Path], object]:
    return lambda root: shutil.move(root / path, root / to)


def submodule(root: Path) -> None:
    inner = Repository(root / "diagrams" / "sub")
    inner.commit()


def no_folder(root: Path) -> None:
    shutil.rmtree(root / FOLDER)
    (root / FOLDER).symlink_to("..")


DRAWN = put("new", "diagrams/net/forward.png", "diagrams/new/lock.json", "diagrams/new/graph.json", "diagrams/new/model.onnx",
            "diagrams/новая.1/forward.encoder.layers.0-1a2b3c-dark.svg", "diagrams/README.md")  # fmt: skip
TAKEN = {
    "100644 diagrams/README.md": "new", "100644 diagrams/net/forward.png": "new", "100644 diagrams/new/lock.json": "new",
    "100644 diagrams/new/graph.json": "new", "100644 diagrams/new/model.onnx": "new",
    "100644 diagrams/новая.1/forward.encoder.layers.0-1a2b3c-dark.svg": "new",
}  # fmt: skip
# What a patch holds beside the diagrams; nothing of it may get to the branch.
BESIDE: dict[str, Callable[[Path], object]] = {
    "code": put("evil", "net.py"),
    "a workflow": put("evil", ".github/workflows/ci.yml", ".github/workflows/new.yml"),
    "the config": put("evil", "nnviz.yaml"),
    "a file that is removed": lambda root: (root / "net.py").unlink(),
    "a folder that begins alike": put("evil", "diagrams2/x.png", "diagrams.png"),
    "a folder in capitals": put("evil", "Diagrams/net/forward.png"),
    "a file that becomes a diagram": move("secret.txt", "diagrams/net/secret.json"),
    "a diagram that becomes a file": move("diagrams/notes.txt", "conftest.py"),
    "a link among the diagrams": link("diagrams/net/overview.png", "../../secret.txt"),
    "a link in the place of a diagram": link("diagrams/net/summary.md", "/etc/passwd"),
    "a folder that is a link": link("diagrams/linked", "../.github"),
    "a program": both(put("evil", "diagrams/net/overview.svg"), lambda root: (root / "diagrams/net/overview.svg").chmod(0o755)),
    "attributes": put("* filter=evil", "diagrams/.gitattributes", "diagrams/net/.gitattributes"),
    "ignored files": put("*", "diagrams/.gitignore"),
    "tests": put("evil", "diagrams/conftest.py", "diagrams/test_x.py", "diagrams/net/__init__.py"),
    "workflows among the diagrams": put("evil", "diagrams/.github/workflows/x.yml", "diagrams/net/action.yml"),
    "modules": put("evil", "diagrams/.gitmodules", ".gitmodules"),
    "a page": put("evil", "diagrams/index.html", "diagrams/net/x.html", "diagrams/net/README.md"),
    "somebody's own file": both(put("evil", "diagrams/notes.txt"), lambda root: None),
    "deep folders": put("evil", "diagrams/a/b/forward.png", "diagrams/net/x/lock.json"),
    "names that no Windows takes": put("evil", "diagrams/a:b/forward.png", "diagrams/net/a\\b.png", "diagrams/net/a\nb.png"),
    "a name like an option": put("evil", "diagrams/net/--help.png", "diagrams/-x/forward.png"),
    "a name like a command": put("evil", "::error::x", "diagrams/net/::error::x.png"),
    "a submodule": submodule,
}  # fmt: skip


def test_what_was_drawn_is_committed(origin: Repository) -> None:
    gone = both(DRAWN, lambda root: (root / "diagrams/net/summary.md").unlink())
    done = commit(origin, patch(origin, gone))
    assert (done.returncode, pushed(origin)) == (0, TAKEN | {"000000 diagrams/net/summary.md": ""}), done.stdout
    assert "::warning::" not in done.stdout and composite.TOKEN not in done.stdout
    assert origin.git("log", "--format=%an: %s", "main..origin/main") == "github-actions[bot]: Draw the diagrams"


def test_where_nothing_was_drawn_nothing_is_committed(origin: Repository) -> None:
    done = commit(origin, b"")
    assert (done.returncode, pushed(origin)) == (0, {}), done.stdout


@pytest.mark.parametrize(
    "options",
    [("--no-renames",), ("-M1%",), ("-C", "-C1%", "--find-copies-harder")],
    ids=["plain", "renames", "copies"],
)
@pytest.mark.parametrize("beside", BESIDE.values(), ids=BESIDE)
def test_of_a_patch_the_diagrams_alone_are_committed(
    origin: Repository, beside: Callable[[Path], object], options: tuple[str, ...]
) -> None:
    done = commit(origin, patch(origin, both(DRAWN, beside), *options))
    assert (done.returncode, pushed(origin)) == (0, TAKEN), done.stdout
    assert [found["command"] for found in composite.obeyed(done.stdout)] == ["warning"]


@pytest.mark.parametrize("change", [no_folder, lambda root: shutil.rmtree(root / FOLDER)], ids=["a link", "nothing"])
def test_in_the_place_of_the_folder(origin: Repository, change: Callable[[Path], object]) -> None:
    """The diagrams are gone, as the patch says; somebody's own file beside them is not."""
    done = commit(origin, patch(origin, change))
    assert done.returncode == 0
    assert {*pushed(origin)} == {
        f"000000 {path}" for path in FILES if path.startswith("diagrams/") and "notes" not in path
    }


RAW = {
    "a path out": b"--- /dev/null\n+++ b/../evil\n@@ -0,0 +1 @@\n+evil\n",
    "a path from the root": b"--- /dev/null\n+++ b//tmp/evil\n@@ -0,0 +1 @@\n+evil\n",
    "git's own folder": b"diff --git a/.git/hooks/pre-commit b/.git/hooks/pre-commit\nnew file mode 100755\n--- /dev/null\n+++ b/.git/hooks/pre-commit\n@@ -0,0 +1 @@\n+evil\n",
    "git's own folder below": b"--- /dev/null\n+++ b/diagrams/net/.git/config\n@@ -0,0 +1 @@\n+evil\n",
    "beyond a link": b"diff --git a/diagrams/l b/diagrams/l\nnew file mode 120000\n--- /dev/null\n+++ b/diagrams/l\n@@ -0,0 +1 @@\n+..\n\\ No newline at end of file\n"
    b"diff --git a/diagrams/l/x.png b/diagrams/l/x.png\nnew file mode 100644\n--- /dev/null\n+++ b/diagrams/l/x.png\n@@ -0,0 +1 @@\n+evil\n",
    "no patch": b"rm -rf /\n",
    "a size that is none": b"diff --git a/diagrams/net/x.png b/diagrams/net/x.png\nnew file mode 100644\nGIT binary patch\nliteral 99999999999999\nKcmZQz00000\n\n",
}  # fmt: skip


@pytest.mark.parametrize("text", RAW.values(), ids=RAW)
def test_what_git_takes_for_no_patch_changes_nothing(origin: Repository, text: bytes) -> None:
    commit(origin, text)
    assert pushed(origin) == {}
    assert not (origin.folder.parent / "evil").exists()


def test_every_file_that_is_drawn_is_taken(origin: Repository) -> None:
    """All that the examples consist of, with the name of any model."""
    made = {
        str(path.relative_to(ROOT / "examples"))
        for path in (ROOT / "examples" / "diagrams").rglob("*.*")
        if path.is_file()
    }
    done = commit(origin, patch(origin, put("drawn", *made)))
    assert ({f"100644 {path}" for path in made}, done.returncode) == ({*pushed(origin)}, 0), done.stdout


def test_the_token_is_in_no_command_and_in_no_file(origin: Repository) -> None:
    commit(origin, patch(origin, DRAWN))
    assert all(
        step.get("with", {}).get("persist-credentials") is False
        for step in COMMIT["steps"]
        if "checkout" in step.get("uses", "")
    )
    found = [
        path
        for path in origin.folder.parent.rglob("*")
        if path.is_file() and composite.TOKEN.encode() in path.read_bytes()
    ]
    assert found == []
