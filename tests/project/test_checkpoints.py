"""What `diff --checkpoint` and `check` say of weights that were saved before a change."""

import json
import shutil
from pathlib import Path

import pytest
import yaml
from repository import Repository

pytestmark = pytest.mark.torch
NET = """from torch import nn


class Net(nn.Sequential):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(8, 8)
        self.fc = nn.Linear(8, 4)


class Other(nn.Sequential):
    def __init__(self):
        super().__init__()
        self.only = nn.Linear(8, 4)
"""
BREAKS = "2 keys renamed: load_state_dict fails; 2 load as they are"


def config(**more: object) -> str:
    how = {"inputs": [[2, 8]], "views": ["forward"], "export": "never", "theme": "light"}
    models = {name.lower(): {"model": f"net:{name}", **how} for name in ("Net", "Other")}
    return yaml.safe_dump({"models": models, "gallery": False, **more})


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose branch gives a layer of one model another name."""
    repository = Repository(tmp_path_factory.mktemp("renamed") / "r")
    repository.write({"net.py": NET, "nnviz.yaml": config()})
    assert repository.run("generate").returncode == 0
    repository.commit("before")
    repository.git("switch", "-q", "-c", "branch")
    repository.write({"net.py": NET.replace("self.fc", "self.head")})
    assert repository.run("generate").returncode == 0
    repository.commit("after")
    return repository.folder


@pytest.fixture
def branch(renamed: Path, tmp_path: Path) -> Repository:
    return Repository(Path(shutil.copytree(renamed, tmp_path / "r")))


def test_keys_are_told_as_text_and_the_exit_code_says_whether_they_load(branch: Repository) -> None:
    done = branch.run("diff", "--checkpoint", "main")
    assert done.returncode == 1
    assert done.stdout.splitlines()[:3] == [
        f"net: {BREAKS}",
        "  renamed   fc.… → head.…  ×2",
        "other: all keys load as they are",
    ]
    assert branch.run("diff", "--checkpoint", "HEAD").returncode == 0


def test_keys_are_told_as_json(branch: Repository) -> None:
    found = json.loads(branch.run("diff", "--checkpoint", "--format", "json", "main").stdout)
    net, other = found["models"]
    assert net["checkpoint"]["renamed"] == {"fc.weight": "head.weight", "fc.bias": "head.bias"}
    assert not net["checkpoint"]["loads"]
    assert (other["state"], other["checkpoint"]) == ("same", None)


def test_the_function_is_a_module_of_its_own(branch: Repository) -> None:
    names: dict[str, object] = {}
    exec(branch.run("diff", "--checkpoint", "--format", "python", "main").stdout, names)
    moved = names["map_net"]({"fc.weight": 1, "stem.bias": 2})  # type: ignore[operator]
    assert moved == {"head.weight": 1, "stem.bias": 2}
    assert "map_other" not in names


@pytest.mark.parametrize("style", ["python", "github"])
def test_formats_that_do_not_go_together_are_told(branch: Repository, style: str) -> None:
    checkpoint = ["--checkpoint"] * (style == "github")
    done = branch.run("diff", *checkpoint, "--format", style, "main")
    assert done.returncode == 2
    assert f"--format {style}" in done.stderr


@pytest.mark.parametrize(
    ("policy", "code", "sign"), [("fail", 1, "✗"), ("warn", 0, "!"), ("ignore", 0, ""), ("", 0, "")]
)
def test_a_check_does_what_the_config_says(branch: Repository, policy: str, code: int, sign: str) -> None:
    branch.write({"nnviz.yaml": config(**({"on_checkpoint_break": policy} if policy else {}))})
    done = branch.run("check", "--base", "main")
    assert done.returncode == code, done.stdout
    said = f"{sign} net: old checkpoints do not load\n    {BREAKS}\n"
    assert (said in done.stdout) == bool(sign)
    assert branch.run("check", "--staged").returncode == 0
    assert branch.run("check", "--base", "HEAD").returncode == 0


def test_a_check_tells_machines(branch: Repository) -> None:
    branch.write({"nnviz.yaml": config(on_checkpoint_break="warn")})
    told = json.loads(branch.run("check", "--base", "main", "--format", "json").stdout)
    assert told["checkpoints"] == {"net": BREAKS}
    shown = branch.run("check", "--base", "main", "--format", "github").stdout
    assert "::warning file=nnviz.yaml" in shown
    assert BREAKS.replace(":", "%3A").split("%3A")[0] in shown


def test_a_base_that_is_none_is_told(branch: Repository) -> None:
    branch.write({"nnviz.yaml": config(on_checkpoint_break="fail")})
    done = branch.run("check", "--base", "nowhere")
    assert done.returncode == 2
    assert "there is no commit 'nowhere'" in done.stderr


def test_without_a_commit_there_is_nothing_to_compare_with(branch: Repository) -> None:
    branch.write({"nnviz.yaml": config(on_checkpoint_break="fail")})
    shutil.rmtree(branch.folder / ".git")
    branch.git("init", "-q", "-b", "main")
    done = branch.run("check")
    assert done.returncode == 0, done.stdout
    assert "note: checkpoints: nothing to compare with" in done.stderr


def test_a_lock_of_before_says_that_keys_are_not_known(branch: Repository) -> None:
    branch.git("switch", "-q", "main")
    path = branch.folder / "diagrams" / "net" / "graph.json"
    graph = json.loads(path.read_text())
    del graph["state"]
    path.write_text(json.dumps(graph))
    branch.commit("as an older version wrote it")
    branch.git("switch", "-q", "branch")
    done = branch.run("diff", "--checkpoint", "main", "net")
    assert "net: not known: one side is an ONNX file, or was drawn by an older nnviz-action" in done.stdout
    assert "none of 1 model cannot load" in done.stdout
    assert "; of 1 it is not known" in done.stdout
    assert done.returncode == 0
    told = json.loads(branch.run("diff", "--checkpoint", "--format", "json", "main").stdout)
    assert [model["loads"] for model in told["models"]] == [None, True]
    branch.write({"nnviz.yaml": config(on_checkpoint_break="fail")})
    checked = branch.run("check", "--base", "main")
    assert "note: whether old checkpoints load is not known: net" in checked.stderr
    assert checked.returncode == 0


def test_a_row_of_the_diff_has_its_line_of_code(branch: Repository) -> None:
    assert "was fc  net.py:8" in branch.run("diff", "-v", "main").stdout
    assert "net.py:8" not in branch.run("diff", "main").stdout
    notice = "::notice file=net.py,line=8,title=net%3A head::Linear: was fc\n"
    assert branch.run("diff", "--format", "github", "main").stdout == notice


def test_keys_that_no_state_dict_tells_are_not_known_of_a_model_that_is_the_same(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    fails = "\n    def state_dict(self, *_, **__):\n        raise OSError('none here')\n"
    repository.write({"net.py": NET + fails, "nnviz.yaml": config()})
    assert repository.run("generate").returncode == 0
    repository.commit()
    done = repository.run("diff", "--checkpoint", "HEAD")
    assert "net: all keys load as they are\nother: not known: " in done.stdout
    assert "none of 2 models cannot load" in done.stdout
    assert "; of 1 it is not known" in done.stdout


def test_a_record_is_compared_once_and_says_the_same(branch: Repository) -> None:
    branch.write({"nnviz.yaml": config(on_checkpoint_break="fail")})
    done = branch.run("check", "--base", "main", "--report", "report.json")
    assert done.returncode == 1
    assert f"✗ net: old checkpoints do not load\n    {BREAKS}\n" in done.stdout
    record = json.loads(branch.read("report.json"))
    assert record["failing"]
    assert [model.get("loads") for model in record["models"]] == [False, True]
