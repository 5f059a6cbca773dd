"""The note that a hook leaves for the next one: it must not outlive what it says."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import test_check
from hooked import Repository
from test_check import CONFIG, fresh

from nnviz_action.freshness import hook_note
from nnviz_action.freshness.hook_note import read_note

CHECK = ["check", "--staged"]
SAID = "✓ 2 of 2 fresh and staged\n"


@pytest.fixture
def noted(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository that a hook found fresh."""
    fresh(repository).write({"notes.txt": "", "diagrams/notes.md": ""})
    repository.git("add", "--all")
    repository.commit()
    assert repository.nnviz(*CHECK) == SAID
    monkeypatch.chdir(repository.folder)
    return repository


def test_the_note_answers_for_both_hooks_and_no_other_command(noted: Repository) -> None:
    for command in ("check --staged", "generate --staged --fail-if-changed", "check --config nnviz.yaml --staged"):
        assert read_note(command.split()) == SAID, command
    for command in ("", "check", "check --staged one", "check --staged --full", "check --staged --format json",
                    "generate --staged --force", "check --staged --config", "check --staged --config other.yaml", "view --staged"):  # fmt: skip
        assert read_note(command.split()) == "", command


def test_a_commit_that_touches_no_model_leaves_it(noted: Repository) -> None:
    noted.write({"notes.txt": "more", "new.txt": ""}).git("add", "--all")
    assert read_note(CHECK) == SAID
    noted.commit()
    assert read_note(CHECK) == SAID


def staged(change: Callable[[Repository], object]) -> Callable[[Repository], object]:
    def both(repository: Repository) -> None:
        change(repository)
        repository.git("add", "--all")

    return both


def edit(name: str) -> Callable[[Repository], object]:
    return lambda repository: repository.write({name: "other"})


def drop(name: str) -> Callable[[Repository], object]:
    return lambda repository: (repository.folder / name).unlink()


FILES = (
    "nnviz.yaml",
    "net.py",
    "data.json",
    "diagrams/one/lock.json",
    "diagrams/two/forward.png",
    "diagrams/README.md",
    "diagrams/notes.md",
)
CHANGES = {
    **{f"edit {name}": edit(name) for name in FILES},
    **{f"drop {name}": drop(name) for name in FILES},
    **{f"stage an edit of {name}": staged(edit(name)) for name in FILES},
    **{f"stage the removal of {name}": staged(drop(name)) for name in FILES},
    **{f"forget {name}": lambda r, name=name: r.git("rm", "--quiet", "--cached", name) for name in FILES},
    "an orphan": staged(edit("diagrams/three/lock.json")),
    "another mode": lambda r: r.git("update-index", "--chmod=+x", "net.py"),
    "no index": lambda r: (r.folder / ".git/index").unlink(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_it_does_not_outlive_a_change(change: Callable[[Repository], object], noted: Repository) -> None:
    assert read_note(CHECK) == SAID
    change(noted)
    assert read_note(CHECK) == ""


def test_it_is_worth_as_much_as_what_wrote_it(noted: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook_note, "__version__", "0.0.9")
    assert read_note(CHECK) == ""


def test_it_does_not_hold_for_another_index(noted: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of `git commit FILE`, say; and from another repository nothing is asked."""
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index-1.lock")
    assert read_note(CHECK) == ""
    monkeypatch.delenv("GIT_INDEX_FILE")
    monkeypatch.chdir(noted.folder.parent)
    assert read_note([*CHECK, "--config", str(noted.folder / "nnviz.yaml")]) == ""


def test_each_worktree_has_its_own(noted: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noted.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"))
    monkeypatch.chdir(tmp_path / "tree")
    assert read_note(CHECK) == ""
    assert Repository(tmp_path / "tree", noted.env).nnviz(*CHECK) == SAID == read_note(CHECK)
    edit("net.py")(noted)
    assert read_note(CHECK) == SAID
    monkeypatch.chdir(noted.folder)
    assert read_note(CHECK) == ""


@pytest.mark.parametrize(
    "text", [CONFIG + "defaults: {sources: ['*.toml']}\n", CONFIG.replace("views:", "sources: ['*.toml'], views:")]
)
def test_patterns_leave_none(text: str, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_check, "CONFIG", text)
    assert left(repository) == []


def test_what_git_does_not_know_leaves_none(repository: Repository) -> None:
    assert left(repository.write({".gitignore": "data.json\n"})) == []


def test_a_source_that_differs_from_what_is_staged_leaves_none(repository: Repository) -> None:
    fresh(repository).git("add", "--all")
    repository.write({"net.py": "A = B = 1  # a comment\n"})
    assert repository.nnviz(*CHECK) == SAID
    assert not (repository.folder / ".git/nnviz-action").exists()


def test_a_folder_that_another_config_shares_leaves_none(repository: Repository) -> None:
    assert left(repository.write({"diagrams/theirs/lock.json": "{}"})) == []


def test_where_it_cannot_be_written_there_is_none(repository: Repository) -> None:
    (repository.folder / ".git/nnviz-action").write_text("in the way")
    fresh(repository).git("add", "--all")
    assert repository.nnviz(*CHECK) == repository.nnviz(*CHECK) == SAID


def left(repository: Repository) -> list[str]:
    """The notes that a hook leaves which finds all fresh."""
    fresh(repository).git("add", "--all")
    assert repository.nnviz(*CHECK) == SAID
    folder = repository.folder / ".git" / "nnviz-action"
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def test_with_a_note_next_to_nothing_is_imported(noted: Repository) -> None:
    program = (
        "import sys; from nnviz_action.cli.entry import main; sys.argv = ['', 'check', '--staged']; main();"
        "print(sorted({'click', 'yaml', 'json', 'hashlib', 'dataclasses', 'nnviz_action.cli.main'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=noted.folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{SAID}[]\n"


def test_a_terminal_that_lacks_a_character_is_no_bug(noted: Repository) -> None:
    noted.env["PYTHONIOENCODING"] = "ascii"
    assert noted.nnviz(*CHECK) == SAID.replace("✓", "?")
    assert noted.nnviz("check") == "? 2 of 2 fresh\n"


def linked(name: str, to: str) -> Callable[[Repository], object]:
    """What has this name is moved, and a link left in its place."""

    def change(repository: Repository) -> None:
        (repository.folder / name).rename(repository.folder / to)
        (repository.folder / name).symlink_to(to)

    return change


@pytest.mark.parametrize(("name", "to"), [("net.py", "real.py"), ("nnviz.yaml", "conf.yaml"), ("diagrams", "drawn")])
def test_where_a_link_is_concerned_there_is_no_note(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, name: str, to: str
) -> None:
    """git would tell of the link or of what it leads to, and never of both."""
    fresh(repository)
    linked(name, to)(repository)
    repository.git("add", "--all")
    repository.commit()
    monkeypatch.chdir(repository.folder)
    repository.nnviz(*CHECK)
    assert read_note(CHECK) == ""


def test_a_file_that_git_was_told_not_to_look_at_is_looked_at(noted: Repository) -> None:
    noted.git("update-index", "--assume-unchanged", "net.py")
    assert read_note(CHECK) == ""


def test_a_check_that_judges_otherwise_heeds_no_old_note(noted: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook_note, "RULES", hook_note.RULES + 1)
    assert read_note(CHECK) == ""
