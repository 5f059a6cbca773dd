"""`diff` on real git repositories."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from repository import IDENTITY, Repository, chain

from nnviz_action.freshness.lock import lock_bytes, read_lock

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """One commit on main with two models."""
    made = Repository(tmp_path / "work").models(net="Relu > Sigmoid", other="Tanh")
    made.commit("two models")
    return made


def test_nothing_changed(repository: Repository, cli: Cli) -> None:
    assert cli(repository, "diff")[:2] == (
        0,
        f"✓ none of 2 models differs between HEAD ({head(repository)}) and the working tree\n",
    )


def head(repository: Repository) -> str:
    return repository.git("rev-parse", "HEAD")[:8]


def test_uncommitted_work_on_the_main_branch_is_compared_with_head(repository: Repository, cli: Cli) -> None:
    repository.models(net="Relu > Softmax > Sigmoid", other="Tanh")
    code, out, _ = cli(repository, "diff")
    assert code == 1
    assert "  + softmax" in out and "1 of 2 models differs" in out


def test_a_branch_is_compared_with_where_it_left_the_main_one(repository: Repository, cli: Cli) -> None:
    repository.git("checkout", "-q", "-b", "work")
    repository.models(net="Relu > Softmax > Sigmoid", other="Tanh")
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.models(net="Relu > Sigmoid", other="Tanh > Relu")  # what happens on main later is no news here
    repository.commit()
    repository.git("checkout", "-q", "work")
    changed = changes(cli(repository, "diff", "--format", "json")[1])
    assert changed == {"net": ["+ softmax"], "other": []}


def changes(out: str) -> dict[str, list[str]]:
    return {
        m["model"]: [c["text"].partition(" (")[0].partition(":")[0] for c in m.get("changes", ())]
        for m in json.loads(out)["models"]
    }


def test_two_commits(repository: Repository, cli: Cli) -> None:
    repository.models(net="Relu > Sigmoid > Tanh", other="Tanh")
    repository.commit()
    repository.models(net="Relu", other="Tanh")
    repository.commit()
    assert changes(cli(repository, "diff", "HEAD~2..HEAD~1", "--format", "json")[1])["net"] == ["+ tanh"]
    assert changes(cli(repository, "diff", "HEAD~2", "HEAD~1", "net", "--format", "json")[1])["net"] == ["+ tanh"]
    assert changes(cli(repository, "diff", "HEAD~2", "HEAD~1", "--format", "json")[1])["net"] == ["+ tanh"]
    assert changes(cli(repository, "diff", "HEAD~2..", "--format", "json")[1])["net"] == ["- sigmoid"]
    assert cli(repository, "diff", "HEAD~1..HEAD~1")[0] == 0


def test_three_dots_mean_the_fork(repository: Repository, cli: Cli) -> None:
    repository.git("checkout", "-q", "-b", "work")
    repository.models(net="Relu", other="Tanh")
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.models(net="Relu > Sigmoid", other="Relu")
    repository.commit()
    assert changes(cli(repository, "diff", "main...work", "--format", "json")[1]) == {
        "net": ["- sigmoid"],
        "other": [],
    }
    assert changes(cli(repository, "diff", "main..work", "--format", "json")[1])["other"] != []


def test_one_model_alone(repository: Repository, cli: Cli) -> None:
    repository.models(net="Relu", other="Relu")
    for arguments in (("net",), ("HEAD", "net")):
        out = cli(repository, "diff", *arguments, "--format", "json")[1]
        assert [m["model"] for m in json.loads(out)["models"]] == ["net"]


def test_models_come_and_go(repository: Repository, cli: Cli) -> None:
    repository.models(net="Relu > Sigmoid", third="Softmax")
    code, out, _ = cli(repository, "diff")
    assert code == 1
    assert "third  new" in out and "other  removed" in out and "2 of 3 models differ" in out


def test_a_renamed_model_is_told_as_such(repository: Repository, cli: Cli) -> None:
    repository.models(net="Relu > Sigmoid", better="Tanh")
    assert "better  renamed, was other" in cli(repository, "diff")[1]


def test_a_config_that_moved_with_its_folder_untouched(repository: Repository, cli: Cli) -> None:
    (repository.folder / "nnviz.yaml").rename(repository.folder / "models.yaml")
    code, out, _ = cli(repository, "diff", "--config", "models.yaml")
    assert (code, "none of 2 models" in out) == (0, True)


def test_configs_in_folders_do_not_see_each_other(repository: Repository, cli: Cli) -> None:
    repository.models("a/nnviz.yaml", first="Relu").models("b/nnviz.yaml", second="Relu")
    repository.commit()
    repository.models("a/nnviz.yaml", first="Tanh")
    assert changes(cli(repository, "diff", "--config", "a/nnviz.yaml", "--format", "json")[1]).keys() == {"first"}
    assert cli(repository, "diff", "--config", "b/nnviz.yaml")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nope"], ["there is no commit 'nope'", "git fetch origin nope"]),
        (["othr"], ["no commit and no model 'othr'", "did you mean 'other'?"]),
        (["origin/--upload-pack=touch broken"], ["there is no commit"]),
        (["--upload-pack=x"], ["No such option"]),
        (["HEAD", "nett"], ["has no model 'nett'", "did you mean 'net'?"]),
        (["main..nope"], ["there is no commit 'nope'"]),
    ],
)
def test_what_is_not_there(repository: Repository, cli: Cli, arguments: list[str], words: list[str]) -> None:
    code, _, err = cli(repository, "diff", *arguments)
    assert code == 2
    assert all(word in err for word in words), err


def test_a_branch_called_like_a_model(repository: Repository, cli: Cli) -> None:
    repository.git("branch", "net")
    code, _, err = cli(repository, "diff", "net")
    assert code == 2 and "refs/heads/net" in err
    assert cli(repository, "diff", "refs/heads/net")[0] == 0


def test_outside_of_git(tmp_path: Path, cli: Cli) -> None:
    made = Repository(tmp_path / "work").models(net="Relu")
    shutil.rmtree(made.folder / ".git")
    code, _, err = cli(made, "diff")
    assert code == 2 and "is in no git repository" in err


def test_before_the_first_commit(tmp_path: Path, cli: Cli) -> None:
    made = Repository(tmp_path / "work").models(net="Relu")
    code, _, err = cli(made, "diff")
    assert code == 2 and "this repository has no commit yet" in err


def test_a_broken_file_hides_no_other(repository: Repository, cli: Cli) -> None:
    repository.models(net="Relu", other="Relu")
    (repository.folder / "diagrams/net/model.onnx").write_bytes(b"\xff nothing")
    code, out, _ = cli(repository, "diff")
    assert code == 3
    assert "diagrams/net/model.onnx is not a readable ONNX file" in out and "+ relu" in out


def test_a_shallow_clone_of_a_pull_request_gets_the_commit_it_lacks(
    repository: Repository, tmp_path: Path, cli: Cli
) -> None:
    """As actions/checkout leaves it: the merge commit alone."""
    repository.git("checkout", "-q", "-b", "work")
    repository.models(net="Relu > Softmax > Sigmoid", other="Tanh")
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.write({"README": "something else"})
    repository.commit()
    repository.git("checkout", "-q", "-b", "merged")
    repository.git("merge", "-q", "--no-edit", "work")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    clone = Repository(tmp_path / "clone")
    clone.git("remote", "add", "origin", repository.folder.as_uri())
    clone.git("fetch", "-q", "--depth=1", "origin", "merged")
    clone.git("checkout", "-q", "FETCH_HEAD")
    assert clone.git("rev-list", "--count", "HEAD") == "1"
    assert changes(cli(clone, "diff", "--format", "json")[1]) == {"net": ["+ softmax"], "other": []}
    assert int(clone.git("rev-list", "--count", "--all", "HEAD")) == 1, "one commit more, and no ref for it"


def test_a_shallow_clone_of_a_branch_fetches_a_named_base(repository: Repository, tmp_path: Path, cli: Cli) -> None:
    repository.git("checkout", "-q", "-b", "work")
    repository.models(net="Relu > Softmax > Sigmoid", other="Tanh")
    repository.commit()
    folder = tmp_path / "clone"
    subprocess.run(
        [
            "git",
            *IDENTITY,
            "clone",
            "-q",
            "--depth=1",
            "--single-branch",
            "-b",
            "work",
            repository.folder.as_uri(),
            str(folder),
        ],
        check=True,
    )
    clone = Repository(folder)
    assert changes(cli(clone, "diff", "origin/main", "--format", "json")[1])["net"] == ["+ softmax"]


def test_a_worktree_and_a_submodule(repository: Repository, tmp_path: Path, cli: Cli) -> None:
    repository.git("worktree", "add", "-q", "-b", "work", str(tmp_path / "tree"))
    tree = Repository.__new__(Repository)
    tree.folder = tmp_path / "tree"
    tree.models(net="Relu", other="Tanh")
    assert changes(cli(tree, "diff", "--format", "json")[1])["net"] == ["- sigmoid"]
    outer = Repository(tmp_path / "outer")
    outer.git("submodule", "add", "-q", repository.folder.as_uri(), "inner")
    inner = Repository.__new__(Repository)
    inner.folder = outer.folder / "inner"
    inner.models(net="Sigmoid", other="Tanh")
    assert changes(cli(inner, "diff", "--format", "json")[1])["net"] == ["- relu"]


def test_a_pointer_of_git_lfs(repository: Repository, cli: Cli) -> None:
    file = repository.folder / "diagrams/net/model.onnx"
    file.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 10\n")
    repository.commit("stored elsewhere")
    repository.models(net="Tanh", other="Tanh")
    code, out, _ = cli(repository, "diff", "HEAD")
    assert code == 3 and "is in Git LFS, and not here" in out and "git lfs" in out


def test_folders_with_odd_names(tmp_path: Path, cli: Cli) -> None:
    made = Repository(tmp_path / "work").models("a b/ü/nnviz.yaml", net="Relu")
    made.commit()
    made.models("a b/ü/nnviz.yaml", net="Tanh")
    assert changes(cli(made, "diff", "--config", "a b/ü/nnviz.yaml", "--format", "json")[1]).keys() == {"net"}


def test_pictures(repository: Repository, tmp_path: Path, cli: Cli) -> None:
    repository.models(net="Relu > Softmax > Sigmoid", other="Tanh")
    cli(repository, "diff", "--pictures", str(tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "net.diff-dark.png",
        "net.diff.mmd",
        "net.diff.png",
    ]
    light, dark = (
        Image.open(tmp_path / "out" / name).convert("RGB") for name in ("net.diff.png", "net.diff-dark.png")
    )
    assert (light.getpixel((2, 2)), dark.getpixel((2, 2))) == ((255, 255, 255), (13, 17, 23))
    assert ":::added" in (tmp_path / "out/net.diff.mmd").read_text()


def test_markdown(repository: Repository, cli: Cli) -> None:
    repository.models(net="Relu > Softmax > Sigmoid", other="Tanh")
    out = cli(repository, "diff", "--format", "markdown")[1]
    assert out.startswith("### nnviz: `net` changed, 1 other unchanged ✓\n")
    assert "- \\+ `softmax`" in out


def test_stale_diagrams_are_told(repository: Repository, cli: Cli) -> None:
    (repository.folder / "net.onnx").write_bytes(chain("Tanh"))
    code, out, err = cli(repository, "diff")
    assert (code, "none of 2" in out) == (0, True)
    assert "not fresh, so this tells what was last generated: net" in err


def test_a_diagram_that_is_gone_is_no_model_that_is_gone(repository: Repository, cli: Cli) -> None:
    shutil.rmtree(repository.folder / "diagrams/net")
    code, out, _ = cli(repository, "diff")
    assert code == 3 and "nnviz-action generate net" in out


def test_without_a_main_branch(repository: Repository, cli: Cli) -> None:
    repository.git("branch", "-m", "develop")
    assert "HEAD, as no main branch is known here" in cli(repository, "diff")[1]


def test_pictures_where_no_folder_can_be(repository: Repository, cli: Cli) -> None:
    repository.models(net="Relu", other="Tanh")
    code, _, err = cli(repository, "diff", "--pictures", "nnviz.yaml/there")
    assert code == 2 and "--pictures names a folder" in err


@pytest.mark.parametrize(
    "name", ["origin/--upload-pack=touch broken;git-upload-pack", "+main:refs/heads/victim", "--all"]
)
def test_a_name_is_no_option_of_git(repository: Repository, tmp_path: Path, cli: Cli, name: str) -> None:
    repository.commit("another")
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", repository.folder.as_uri(), str(folder)], check=True)
    clone = Repository(folder)
    assert cli(clone, "diff", "--", name)[0] == 2
    assert "victim" not in clone.git("branch", "--list")
    assert not (folder / "broken").exists() and not (repository.folder / "broken").exists()


def test_a_lock_is_believed_no_other_name_than_its_folders(repository: Repository, cli: Cli) -> None:
    lock = read_lock(repository.folder / "diagrams/net")
    assert lock is not None
    folder = repository.folder / "diagrams" / "third"
    folder.mkdir()
    (folder / "lock.json").write_bytes(lock_bytes(replace(lock, model="../../ESC")))
    repository.commit()
    assert "ESC" not in cli(repository, "diff", "HEAD~1..HEAD")[1]


def test_folders_with_blanks_line_breaks_and_strange_bytes(tmp_path: Path, cli: Cli) -> None:
    for index, name in enumerate(["two words", "new\nline", os.fsdecode(b"\xffdir")]):
        made = Repository(tmp_path / str(index)).models(f"{name}/nnviz.yaml", net="Relu", gone="Relu")
        (made.folder / ".gitignore").write_text("gone.onnx\ngone/model.onnx\n")
        made.commit()
        code, out, err = cli(made, "diff", "HEAD", "net", "--config", f"{name}/nnviz.yaml")
        assert code == 0, out + err


def test_git_told_of_another_repository(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    """As in a hook of the repository around a submodule."""
    other = Repository(tmp_path / "other")
    other.commit("empty")
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    assert "none of 2 models" in cli(repository, "diff", "HEAD")[1]
