"""Commits with the hooks installed, by the real pre-commit and the real prek."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hooked import Repository, Source

pytestmark = pytest.mark.torch

Hook = dict[str, object]
Guarded = Callable[[Hook], Repository]
GENERATE: Hook = {"id": "nnviz-generate"}
CHECK: Hook = {"id": "nnviz-check", "language": "system"}  # its own environment is built in test_environments.py

# What a runner has no part in is tested with one of them.
with_one = pytest.mark.parametrize("runner", ["prek"], indirect=True)


@pytest.fixture
def guarded(begun: Repository, source: Source, runner: str) -> Callable[[Hook], Repository]:
    """`guarded(hook)`: the repository with the hook installed and committed."""

    def guard(hook: Hook) -> Repository:
        begun.hooks(source, hook).commit()
        begun.call([runner, "install"])
        return begun

    return guard


def diagram(repository: Repository) -> str:
    return repository.read("diagrams/one/summary.md")


def test_generate_writes_refuses_and_then_takes_the_commit(guarded: Guarded, tmp_path: Path) -> None:
    repository = guarded(GENERATE)
    repository.model("one.onnx", "Relu", "Sigmoid").model("two.onnx", "Tanh").config("one", "two")
    repository.git("add", "--all")
    said = repository.commit(fails=True)
    assert "git add diagrams/README.md diagrams/one diagrams/two\n" in said
    assert "then commit again" in said and "Traceback" not in said
    repository.follow(said)
    repository.commit()
    assert repository.git("status", "--porcelain") == ""
    assert "✓ 2 of 2 fresh and staged" in repository.clone(tmp_path / "clone").nnviz("check", "--staged")


def test_generate_refuses_again_where_nothing_was_added(guarded: Guarded) -> None:
    repository = guarded(GENERATE)
    repository.model("one.onnx", "Sigmoid").model("two.onnx", "Tanh").config("one", "two")
    repository.git("add", "one.onnx", "two.onnx", "nnviz.yaml")
    repository.commit(fails=True)
    said = repository.commit(fails=True)
    assert "git add diagrams/README.md diagrams/one diagrams/two\n" in said
    repository.git("add", "diagrams/one", "diagrams/README.md")
    said = repository.commit(fails=True)
    assert "✗ two: unstaged\n" in said.replace("  ✗", "✗") and "git add diagrams/two\n" in said
    repository.follow(said)
    repository.commit()
    assert repository.git("status", "--porcelain") == ""


def test_check_refuses_with_the_commands_that_mend_it(guarded: Guarded) -> None:
    repository = guarded(CHECK)
    repository.model("one.onnx", "Sigmoid").git("add", "one.onnx")
    said = repository.commit(fails=True)
    assert "✗ one: stale" in said and "nnviz-action generate one\n" in said and "git add diagrams/one\n" in said
    # Drawn, but not added: the runner stashes it, and the commands are still the right ones.
    repository.drawn("one", "Sigmoid")
    repository.follow(repository.commit(fails=True))
    repository.commit()
    assert "Sigmoid" in diagram(repository) and repository.git("status", "--porcelain") == ""


@with_one
def test_a_file_that_was_never_added_is_missed(guarded: Guarded) -> None:
    repository = guarded(CHECK)
    repository.drawn("two", "Tanh").config("one", "two")
    repository.git("add", "nnviz.yaml", "diagrams/two/lock.json")
    said = repository.commit(fails=True)
    assert "not in git: forward.png, model.onnx, overview.png, summary.md\n" in said
    assert "made from what is not in git: two.onnx\n" in said
    repository.follow(said)
    repository.commit()
    assert repository.git("status", "--porcelain") == ""


@pytest.mark.parametrize("hook", [GENERATE, CHECK], ids=["generate", "check"])
def test_work_in_progress_is_none_of_an_unrelated_commits_business(hook: Hook, guarded: Guarded) -> None:
    """Its diagram is no orphan, though the config without it is what the hook sees."""
    repository = guarded(hook)
    repository.drawn("two", "Tanh").drawn("one", "Sigmoid").config("one", "two")
    repository.write({"notes.txt": "unrelated"}).git("add", "notes.txt")
    repository.commit()
    assert repository.git("show", "--name-only", "--format=").split() == ["notes.txt"]
    assert "2 of 2 fresh" in repository.nnviz("check")


def test_partial_staging_draws_what_is_staged(guarded: Guarded) -> None:
    repository = guarded(GENERATE)
    text = "models:\n  one:\n    onnx: one.onnx\n    theme: light\n# end\n"
    repository.write({"nnviz.yaml": text}).nnviz("generate")
    repository.git("add", "--all")
    repository.commit("--allow-empty")
    repository.write({"nnviz.yaml": text.replace("light", "dark")}).git("add", "nnviz.yaml")
    repository.write({"nnviz.yaml": text.replace("light", "both")})
    repository.follow(repository.commit(fails=True))
    repository.commit()
    committed = repository.git("ls-tree", "--name-only", "HEAD:diagrams/one").split()
    assert "forward-dark.png" in committed and "forward.png" not in committed
    assert "both" in repository.read("nnviz.yaml"), "what was not staged is still there"


@with_one
@pytest.mark.parametrize("hook", [GENERATE, CHECK], ids=["generate", "check"])
def test_a_deleted_source_is_noticed(hook: Hook, guarded: Guarded) -> None:
    repository = guarded(hook)
    repository.git("rm", "--quiet", "one.onnx")
    said = repository.commit(fails=True)
    assert "one.onnx" in said and "Traceback" not in said


@with_one
def test_a_model_that_leaves_takes_its_diagram_along(guarded: Guarded) -> None:
    repository = guarded(GENERATE)
    repository.model("two.onnx", "Tanh").config("two")
    repository.git("add", "--all")
    repository.follow(repository.commit(fails=True))
    repository.commit()
    assert repository.git("ls-tree", "--name-only", "HEAD:diagrams").split() == ["README.md", "two"]


@with_one
def test_what_is_ignored_is_forced(guarded: Guarded) -> None:
    repository = guarded(GENERATE)
    repository.write({".gitignore": "*.png\n"})
    repository.model("two.onnx", "Tanh").config("one", "two").git("add", "--all")
    said = repository.commit(fails=True)
    assert "ignored by git: overview.png, forward.png\n" in said
    assert "git add --force diagrams/two/forward.png diagrams/two/overview.png\n" in said
    repository.follow(said)
    repository.commit()
