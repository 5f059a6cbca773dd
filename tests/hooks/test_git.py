"""All the ways in which git makes commits and keeps files, seen by the hooks."""

import shutil
from pathlib import Path

import pytest
from hooked import Repository, Source

pytestmark = pytest.mark.torch

FRESH = "fresh and staged"
CHECK = {
    "id": "nnviz-check",
    "language": "system",
    "stages": ["pre-commit", "pre-merge-commit", "pre-push", "manual"],
}


@pytest.fixture
def checked(begun: Repository, source: Source) -> Repository:
    """A repository with one model, and the check installed for commits, merges and pushes."""
    begun.hooks(source, CHECK).commit()
    begun.call(
        ["pre-commit", "install", *(f"--hook-type={t}" for t in ("pre-commit", "pre-merge-commit", "pre-push"))]
    )
    return begun


def second(repository: Repository) -> Repository:
    """One more model, drawn."""
    return repository.drawn("two", "Tanh").config("one", "two")


def test_commit_all_and_commit_of_named_files(checked: Repository) -> None:
    second(checked).git("add", "--all")
    said = checked.commit("nnviz.yaml", fails=True)
    assert "then commit again, without naming files: a commit of named files leaves out" in said
    checked.commit()
    checked.model("one.onnx", "Sigmoid")
    assert "nnviz-action generate one" in checked.commit("--all", fails=True)
    checked.drawn("one", "Sigmoid").commit("--all")
    assert checked.git("status", "--porcelain") == ""


def test_amend(checked: Repository) -> None:
    second(checked).git("add", "--all")
    checked.commit("--amend")
    (checked.folder / "diagrams/two/lock.json").unlink()
    assert "✗ two: missing" in checked.commit("--amend", "--all", fails=True)


def test_a_merge_of_two_branches_that_each_change_a_model(checked: Repository) -> None:
    second(checked).git("add", "--all")
    checked.commit()
    checked.git("checkout", "--quiet", "-b", "branch")
    checked.drawn("one", "Sigmoid").commit("--all")
    checked.git("checkout", "--quiet", "main")
    checked.drawn("two", "Abs").commit("--all")
    assert "Passed" in checked.git("merge", "branch")
    checked.git("checkout", "--quiet", "branch")
    assert "Successfully rebased" in checked.git("rebase", "main~1", "--exec", "pre-commit run --all-files")


def test_a_lock_that_a_merge_broke_comes_with_its_cure(checked: Repository) -> None:
    lock = checked.read("diagrams/one/lock.json")
    checked.write({"diagrams/one/lock.json": lock.replace('"opset"', '"opzet"')})
    said = checked.commit("--all", fails=True)
    assert "one/lock.json is broken: edited, or merged from two branches" in said
    checked.follow(said)
    assert FRESH in checked.nnviz("check", "--staged")


def test_a_file_that_was_changed_since_it_was_staged_is_written_anew(begun: Repository) -> None:
    begun.write({"diagrams/one/summary.md": "mine\n"})
    said = begun.nnviz("generate", "--staged", "--fail-if-changed", fails=True)
    assert said.endswith("✓ 1 of 1 fresh and staged\nwhat was written is what is staged: commit again\n")
    begun.nnviz("generate", "--staged", "--fail-if-changed")


def test_a_push_of_what_is_not_fresh_is_refused(checked: Repository, tmp_path: Path) -> None:
    checked.git("clone", "--quiet", "--bare", ".", str(tmp_path / "remote"))
    checked.model("one.onnx", "Sigmoid").commit("--all", "--no-verify")
    assert "✗ one: stale" in checked.git("push", str(tmp_path / "remote"), "main", fails=True)


def test_all_files_in_ci(checked: Repository, tmp_path: Path) -> None:
    clone = checked.clone(tmp_path / "clone")
    assert "Passed" in clone.call(["pre-commit", "run", "--all-files"])
    assert "Passed" in clone.call(["prek", "run", "--all-files"])


def test_two_projects_in_one_repository(begun: Repository, source: Source) -> None:
    moved = begun.folder / "packages" / "a b"
    moved.mkdir(parents=True)
    begun.git("mv", "one.onnx", "nnviz.yaml", "diagrams", "packages/a b")
    other = Repository(begun.folder / "packages" / "c", begun.env).model("net.onnx", "Tanh").config("net")
    (other.folder / "nnviz.yaml").rename(other.folder / "models.yaml")
    other.nnviz("generate", "--config", "models.yaml")
    hooks = [
        {"id": "nnviz-check", "language": "system", "name": name, "args": ["--config", f"packages/{config}"]}
        for name, config in (("first", "a b/nnviz.yaml"), ("second", "c/models.yaml"))
    ]
    begun.hooks(source, *hooks).git("add", "--all")
    assert begun.call(["pre-commit", "run"]).count("Passed") == 2
    (other.folder / "diagrams/net/forward.png").unlink()
    (moved / "diagrams/one/forward.png").unlink()
    said = begun.call(["pre-commit", "run", "--all-files"], fails=True)
    assert (
        "nnviz-action generate --config 'packages/a b/nnviz.yaml' one\n  git add 'packages/a b/diagrams/one'\n"
        in said
    )
    assert "nnviz-action generate --config packages/c/models.yaml net\n  git add packages/c/diagrams/net\n" in said


def test_a_workspace_of_prek_runs_in_each_project(begun: Repository, source: Source) -> None:
    part = Repository(begun.folder / "part", begun.env)
    begun.write({".pre-commit-config.yaml": "repos: []\n"})
    begun.git("mv", "one.onnx", "nnviz.yaml", "diagrams", "part")
    part.hooks(source, CHECK).git("add", "--all", "..")
    assert "Passed" in begun.call(["prek", "run"])
    (part.folder / "diagrams/one/forward.png").unlink()
    assert "git add diagrams/one" in begun.call(["prek", "run", "--all-files"], fails=True)


def test_a_worktree(checked: Repository, tmp_path: Path) -> None:
    checked.git("worktree", "add", "--quiet", "-b", "branch", str(tmp_path / "tree"))
    tree = Repository(tmp_path / "tree", checked.env)
    second(tree).git("add", "nnviz.yaml", "two.onnx")
    said = tree.commit(fails=True)
    assert "not in git: forward.png, lock.json, model.onnx, overview.png, summary.md" in said.replace(
        "forward.png, model.onnx, overview.png, summary.md, lock.json",
        "forward.png, lock.json, model.onnx, overview.png, summary.md",
    )
    tree.follow(said)
    tree.commit()
    assert "two" in tree.git("ls-tree", "--name-only", "HEAD:diagrams")


def test_a_project_in_a_submodule(checked: Repository, repository_beside: Repository) -> None:
    """The hook runs inside, and in the repository around it for a config inside."""
    around = repository_beside
    around.git("submodule", "--quiet", "add", str(checked.folder), "inner")
    around.commit()
    inner = Repository(around.folder / "inner", checked.env)
    inner.call(["pre-commit", "install"])
    second(inner).git("add", "nnviz.yaml", "two.onnx")
    inner.follow(inner.commit(fails=True))
    inner.commit()
    around.git("worktree", "add", "--quiet", "--detach", "../tree")  # here git sets GIT_DIR for its hooks
    tree = Repository(around.folder.parent / "tree", checked.env)
    tree.git("submodule", "--quiet", "update", "--init")
    hook = "#!/bin/sh\nnnviz-action check --staged --config inner/nnviz.yaml\n"
    around.write({".git/hooks/pre-commit": hook})
    (around.folder / ".git/hooks/pre-commit").chmod(0o755)
    assert FRESH in tree.commit("--allow-empty")


def test_sources_in_a_submodule(begun: Repository, repository_beside: Repository) -> None:
    around = repository_beside
    around.git("submodule", "--quiet", "add", str(begun.folder), "inner")
    around.write({"nnviz.yaml": "models: {one: {onnx: inner/one.onnx}}\n"}).nnviz("generate")
    around.git("add", "--all")
    assert FRESH in around.nnviz("check", "--staged")
    around.commit()
    bare = around.clone(around.folder.parent / "clone")
    assert "inner/one.onnx" in bare.nnviz("check", "--staged", fails=True)
    bare.git("submodule", "--quiet", "update", "--init")
    assert FRESH in bare.nnviz("check", "--staged")


@pytest.fixture
def repository_beside(repository: Repository) -> Repository:
    beside = Repository(repository.folder.parent / "beside", repository.env).init()
    beside.commit("--allow-empty")
    return beside


def test_a_folder_of_diagrams_that_is_a_link(begun: Repository) -> None:
    (begun.folder / "docs").mkdir()
    begun.git("mv", "diagrams", "docs/diagrams")
    (begun.folder / "diagrams").symlink_to("docs/diagrams")
    begun.git("add", "--all")
    assert FRESH in begun.nnviz("check", "--staged")
    begun.git("rm", "--quiet", "--cached", "docs/diagrams/one/forward.png")
    said = begun.nnviz("check", "--staged", fails=True)
    begun.follow(said)
    assert FRESH in begun.nnviz("check", "--staged")


@pytest.mark.parametrize("autocrlf", ["true", "input"])
def test_a_checkout_with_other_line_ends(autocrlf: str, begun: Repository, tmp_path: Path) -> None:
    begun.write({"nnviz.yaml": "models:\n  one:\n    onnx: one.onnx\n    formats: [svg]\n"}).nnviz("generate")
    begun.git("add", "--all")
    begun.commit()
    begun.git("clone", "--quiet", "-c", f"core.autocrlf={autocrlf}", ".", str(tmp_path / "clone"))
    clone = Repository(tmp_path / "clone", begun.env)
    for name in ("nnviz.yaml", "diagrams/one/lock.json", "diagrams/one/summary.md", "diagrams/one/forward.svg"):
        assert (b"\r\n" in (clone.folder / name).read_bytes()) == (autocrlf == "true"), name
    assert FRESH in clone.nnviz("check", "--staged")
    if autocrlf == "input":
        return
    clone.model("one.onnx", "Sigmoid").nnviz("generate", "--staged", fails=True)
    clone.git("add", "--all")
    assert FRESH in clone.nnviz("generate", "--staged", "--fail-if-changed")
    assert (
        clone.git("status", "--porcelain").split()
        == (
            "M diagrams/one/forward.svg M diagrams/one/lock.json M diagrams/one/model.onnx "
            "M diagrams/one/overview.svg M diagrams/one/summary.md M one.onnx"
        ).split()
    )


@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed")
def test_lfs_pointers_and_the_files_they_stand_for(begun: Repository, tmp_path: Path) -> None:
    begun.git("lfs", "install", "--local")
    begun.git("lfs", "track", "*.png", "*.onnx")
    begun.git("add", "--all", "--renormalize")
    begun.git("add", ".gitattributes")
    begun.commit()
    assert FRESH in begun.nnviz("check", "--staged")
    without = Repository(tmp_path, {**begun.env, "GIT_LFS_SKIP_SMUDGE": "1"})
    without.git("clone", "--quiet", str(begun.folder), "clone")
    clone = Repository(tmp_path / "clone", without.env)
    assert clone.read("diagrams/one/forward.png").startswith("version https://git-lfs")
    assert FRESH in clone.nnviz("check", "--staged")
    clone.write({"diagrams/one/forward.png": clone.read("diagrams/one/forward.png").replace("sha256:", "sha256:0")})
    assert "forward.png is not as generated" in clone.nnviz("check", "--staged", fails=True)
