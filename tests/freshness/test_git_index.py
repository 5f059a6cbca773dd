"""What git says of the next commit, and how it is asked."""

import ntpath
import subprocess
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace

import pytest
from hooked import Repository

from nnviz_action.errors import MissingError
from nnviz_action.freshness import git_index as module
from nnviz_action.freshness.git_index import Index, environment, ignored, leaves_out_what_is_staged, parse, read_index
from nnviz_action.system.repository import without_repository


def test_a_listing_is_read() -> None:
    held = ["1 a 0\ta.py", "1 b 0\td/m/lock.json", "1 c 0\td/ü b\n.png"]
    shown = "\0".join((*(f"H {entry}" for entry in held), f"C {held[1]}", "S 1 d 0\tsub", ""))
    found = parse(Path("/r"), shown.encode())
    assert set(found.tracked) == {"a.py", "d/m/lock.json", "d/ü b\n.png", "sub"}
    assert found.tracked["d/m/lock.json"] == held[1]
    assert found.changed == {"d/m/lock.json"}


def test_an_empty_listing_holds_nothing() -> None:
    assert parse(Path("/r"), b"").tracked == {}


INDEX = Index(Path("/r"), dict.fromkeys(("a/b.py", "sub"), ""), frozenset({"a/b.py"}))


@pytest.mark.parametrize(
    ("path", "held"),
    [("/r/a/b.py", True), ("/r/a/../a/b.py", True), ("/r/a", False), ("/r/b.py", False), ("/r/sub/deep/net.py", True),
     ("/r/subway/net.py", False), ("/elsewhere/a/b.py", False)],
)  # fmt: skip
def test_a_submodule_holds_all_that_lies_in_it(path: str, held: bool) -> None:
    assert INDEX.holds(path) == held


def test_windows_paths_are_told_as_git_tells_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "os", SimpleNamespace(path=ntpath, sep="\\"))
    found = Index(PureWindowsPath("C:\\r"), {"a/b.py": ""}, frozenset())  # type: ignore[arg-type]
    assert found.name("C:\\r/a/b.py") == "a/b.py"
    assert found.name("C:\\r\\diagrams\\m/lock.json") == "diagrams/m/lock.json"
    assert found.holds("C:\\r\\x\\..\\a\\b.py") and not found.holds("C:\\r\\a\\c.py")


def test_git_is_asked_once_and_again_only_for_what_it_does_not_hold(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write({"a": "1", "b": "1", ".gitignore": "*.log\n", "x.log": "", "y": ""}).git("add", "a", "b")
    repository.write({"b": "2"})
    asked: list[object] = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: asked.append(a) or run(*a, **k))
    found = read_index(repository.folder)
    assert (set(found.tracked), found.changed) == ({"a", "b"}, {"b"})
    assert ignored(found, repository.folder, []) == set() and len(asked) == 1
    assert ignored(found, repository.folder, ["x.log", "y", "../outside"]) == {"x.log"}
    assert ignored(found, repository.folder, ["y"]) == set()


def test_the_index_that_git_hands_to_a_hook_counts(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write({"a": "1", "b": "1"}).git("add", "a")
    other = repository.folder / ".git" / "next-index-7.lock"
    repository.env["GIT_INDEX_FILE"] = str(other)
    repository.git("add", "b")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index-7.lock")
    monkeypatch.chdir(repository.folder)
    assert set(read_index(repository.folder).tracked) == {"b"}
    assert leaves_out_what_is_staged()
    # What a hook of one repository is told says nothing about another.
    monkeypatch.setenv("GIT_DIR", str(repository.folder / ".git"))
    monkeypatch.chdir(repository.folder.parent)
    assert set(read_index(repository.folder).tracked) == {"a"}


@pytest.mark.parametrize(("file", "partial"), [("", False), (".git/index", False), ("/r/.git/index.lock", False), ("/r/.git/next-index-1.lock", True)])  # fmt: skip
def test_a_commit_of_named_files_is_known_by_its_index(file: str, partial: bool) -> None:
    assert leaves_out_what_is_staged({"GIT_INDEX_FILE": file}) == partial


def test_what_git_tells_a_hook_is_dropped_and_no_more() -> None:
    told = {"GIT_DIR": "d", "GIT_INDEX_FILE": "i", "GIT_WORK_TREE": "w", "GIT_PREFIX": "p"}
    kept = {"PATH": "p", "GIT_SSH_COMMAND": "s", "GIT_AUTHOR_NAME": "n", "GIT_CONFIG_COUNT": "0"}
    assert without_repository({**told, **kept}) == kept


def test_what_is_dropped_is_what_git_calls_local(repository: Repository) -> None:
    local = repository.git("rev-parse", "--local-env-vars").split()
    assert {name for name in local if "CONFIG" not in name} - {"GIT_INTERNAL_SUPER_PREFIX"} == module_names()


def module_names() -> set[str]:
    everything = {
        f"GIT_{n}": ""
        for n in "ALTERNATE_OBJECT_DIRECTORIES COMMON_DIR DIR GRAFT_FILE IMPLICIT_WORK_TREE INDEX_FILE NO_REPLACE_OBJECTS OBJECT_DIRECTORY PREFIX REPLACE_REF_BASE SHALLOW_FILE WORK_TREE".split()
    }
    return set(everything) - set(without_repository(everything))


def test_without_git_the_cure_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingError, match="not a git repository"):
        read_index(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingError, match="needs git"):
        read_index(tmp_path)


def test_the_environment_is_left_alone_where_the_hook_runs(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "x")
    monkeypatch.chdir(repository.folder)
    assert environment(repository.folder)["GIT_DIR"] == "x"
    assert "GIT_DIR" not in environment(repository.folder.parent)


def test_the_intent_to_add_a_file_adds_nothing() -> None:
    empty = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    listing = f"H 100644 {empty} 0\tnew.py\0C 100644 {empty} 0\tnew.py\0H 100644 {empty} 0\tempty.py\0".encode()
    assert parse(Path("/root"), listing).tracked.keys() == {"empty.py"}
