"""One config on several machines: what they draw and report together is what one would have."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Project
from repository import Repository, chain

from nnviz_action.github.environment import read_run
from nnviz_action.project.action import modes
from nnviz_action.project.action.inputs import Inputs
from nnviz_action.project.record import record_bytes
from nnviz_action.report.comment import comment
from nnviz_action.report.record import read_record

Cli = Callable[..., tuple[int, str, str]]
CHAINS = {"one": "Relu > Sigmoid > Relu", "two": "Tanh", "three": "Relu > Tanh", "four": "Sigmoid"}
GOOD = 0
JOB = {"GITHUB_EVENT_NAME": "workflow_dispatch", "GITHUB_REPOSITORY": "owner/nets"}
JOINED = "gallery: {}/diagrams/README.md\n✓ 4 of 4 fresh\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Four models, drawn and committed; then one changes, one goes, and one comes whose diagram is not drawn."""
    repository = Repository(tmp_path_factory.mktemp("base") / "repository").models(**CHAINS)
    repository.commit()
    repository.git("checkout", "-q", "-b", "topic")
    (repository.folder / "two.onnx").write_bytes(chain("Tanh > Relu"))
    (repository.folder / "five.onnx").write_bytes(chain("Relu"))
    entries = "".join(f"  {name}: {{onnx: {name}.onnx}}\n" for name in ("five", "two", "one", "three"))
    repository.write({"nnviz.yaml": f"models:\n{entries}"})
    repository.commit()
    return repository


@pytest.fixture
def copy(base: Repository, tmp_path: Path, cli: Cli) -> "Machines":
    return Machines(base, tmp_path, cli)


class Machines:
    """Clones of one repository, one a job."""

    def __init__(self, base: Repository, folder: Path, cli: Cli) -> None:
        self.base, self.folder, self.cli = base, folder, cli

    def clone(self, name: str) -> Repository:
        self.base.git("clone", "-q", "-b", "topic", str(self.base.folder), str(self.folder / name))
        return Repository(self.folder / name)

    def check(self, *arguments: str, name: str = "report.json") -> tuple[int, Path]:
        """Check in a new clone; the exit code, and the report."""
        report, clone = self.folder / name, self.clone(f"of-{name}")
        code, _, err = self.cli(clone, "check", "--base", "origin/main", "--report", str(report), *arguments)
        assert code in (0, 1, 3), err
        return code, report

    def draw(self, name: str, shard: str = "") -> tuple[Repository, Path]:
        """Generate in a new clone and report how it is, as the action does."""
        clone, report = self.clone(name), self.folder / f"{name}.json"
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(clone.folder)
            found = modes.generate(Inputs(mode="generate", shard=shard, base="origin/main"), read_run(JOB))
        assert (found.code, found.record is not None) == (GOOD, True)
        report.write_bytes(record_bytes(found.record, report.name))
        return clone, report

    def shards(self, count: int, *arguments: str) -> list[Path]:
        return [self.check("--shard", f"{i}/{count}", *arguments, name=f"{i}.json")[1] for i in range(1, count + 1)]

    def merge(self, reports: list[Path]) -> "tuple[int, str, bytes]":
        output = self.folder / "merged.json"
        code, _, err = self.cli(Project(self.folder), "merge", *map(str, reports), "--output", str(output))
        return code, err, output.read_bytes() if output.exists() else b""


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_reports_of_all_shards_are_the_report_of_one_run(count: int, copy: Machines) -> None:
    code, whole = copy.check()
    reports = copy.shards(count)
    assert copy.merge(reports) == (code, "", whole.read_bytes())
    assert copy.merge(reports[::-1])[2] == whole.read_bytes()
    (gallery,) = json.loads(whole.read_text())["galleries"]
    assert (gallery["file"], gallery["status"]) == ("diagrams/README.md", "outdated")
    text = comment(read_record(whole))
    assert text.startswith(
        "### nnviz: `two` changed, `five` is new, `four` is removed, `five`, `two`, `four` are not fresh, "
        "the gallery is not fresh, 2 others fresh\n"
    )
    assert "⚠️ `diagrams/README.md` is out of date: the gallery shows other models, numbers or files" in text
    found = {m["model"]: (m["status"], m.get("state", "")) for m in json.loads(whole.read_text())["models"]}
    assert found == {
        "five": ("missing", "added"), "two": ("stale", "changed"), "one": ("fresh", "same"), "three": ("fresh", "same"), "four": ("orphan", "removed"),
    }  # fmt: skip


@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_renames_are_told_as_one_run_tells_them(drawn: bool, count: int, tmp_path: Path, cli: Cli) -> None:
    """Which shard has the new name, and whether it is drawn already, makes no difference."""
    base = Repository(tmp_path / "base").models(a="Relu > Tanh", b="Sigmoid", c="Relu")
    base.commit()
    base.git("checkout", "-q", "-b", "topic")
    for new, old in (("x", "a"), ("y", "b"), ("z", "a")):
        shutil.copy(base.folder / f"{old}.onnx", base.folder / f"{new}.onnx")
    entries = "".join(f"  {name}: {{onnx: {name}.onnx}}\n" for name in ("c", "y", "x", "z"))
    base.write({"nnviz.yaml": f"models:\n{entries}"})
    if drawn:
        assert base.run("generate").returncode == GOOD
    base.commit()
    machines = Machines(base, tmp_path, cli)
    code, whole = machines.check()
    states = {m["model"]: m["state"] for m in json.loads(whole.read_text())["models"] if "state" in m}
    assert states == {"c": "same", "x": "renamed", "y": "renamed", "z": "added"}
    assert machines.merge(machines.shards(count))[::2] == (code, whole.read_bytes())


def test_what_does_not_belong_together_is_told(copy: Machines) -> None:
    one, two = copy.shards(2)
    _, whole = copy.check()
    assert "error: there is no report of shard 2/2" in copy.merge([one])[1]
    again = Path(shutil.copy(one, copy.folder / "again.json"))
    assert f"error: {one} and {again} are both of shard 1/2" in copy.merge([one, again, two])[1]
    assert f"error: {whole} is of a whole run" in copy.merge([whole, one])[1]
    for key, value, why in (
        ("head_commit", "0" * 40, "different commits"),
        ("config", "other.yaml", "different configs"),
        ("part", {"number": 2, "count": 3, "order": ["a"]}, "different numbers of shards"),
    ):
        other = copy.folder / "other.json"
        other.write_text(json.dumps(json.loads(two.read_text()) | {key: value}))
        code, err, _ = copy.merge([one, other])
        assert (code, why in err) == (2, True), err


def test_a_note_of_several_shards_is_told_once(copy: Machines) -> None:
    reports = copy.shards(2)
    for report, notes in zip(reports, (["both", "first"], ["second", "both"]), strict=True):
        report.write_text(json.dumps(json.loads(report.read_text()) | {"notes": notes}))
    for order in (reports, reports[::-1]):
        assert json.loads(copy.merge(order)[2])["notes"] == ["both", "first", "second"]


def test_shards_that_began_with_other_files_are_told(copy: Machines) -> None:
    one, two = copy.shards(2)
    data = json.loads(two.read_text())
    data["models"] = [*data["models"][1:], json.loads(one.read_text())["models"][0]]
    two.write_text(json.dumps(data))
    code, err, _ = copy.merge([one, two])
    assert code == 2
    assert "the shards did not begin with the same files" in err


def test_a_plan_is_a_matrix_of_no_more_shards_than_models(copy: Machines, cli: Cli) -> None:
    clone = copy.clone("plan")
    code, out, err = cli(clone, "plan", "--shards", "2")
    assert (code, json.loads(out)) == (GOOD, {"shard": ["1/2", "2/2"]})
    assert out.count("\n") == 1  # a line of GITHUB_OUTPUT
    assert err == "1/2: 4 operators: two, one\n2/2: 2 operators: five, three\n"
    assert json.loads(cli(clone, "plan", "--shards", "9")[1])["shard"][-1] == "4/4"
    assert cli(clone, "plan", "--shards", "0")[0] == 2
    shutil.rmtree(clone.folder / ".git")
    assert cli(clone, "plan", "--shards", "2")[2] == err


def test_a_shard_is_of_all_models(copy: Machines, cli: Cli) -> None:
    clone = copy.clone("names")
    for arguments in (("check", "one"), ("check", "--staged"), ("generate", "one"), ("generate", "--staged")):
        code, _, err = cli(clone, *arguments, "--shard", "1/2")
        assert (code, "--shard" in err) == (2, True)


def test_a_gallery_alone_fails_the_joined_run_too(copy: Machines, cli: Cli) -> None:
    clone = copy.clone("gallery")
    assert cli(clone, "generate")[0] == GOOD
    (clone.folder / "diagrams" / "README.md").unlink()
    reports = [copy.folder / f"alone-{part}.json" for part in "12"]
    codes = [cli(clone, "check", "--shard", f"{n}/2", "--report", str(r))[0] for n, r in enumerate(reports, 1)]
    assert codes == [1, 0]
    code, err, merged = copy.merge(reports)
    assert (code, err) == (1, "")
    (copy.folder / "merged.json").write_bytes(merged)
    record = read_record(copy.folder / "merged.json")
    assert record.failing and "\nnnviz-action generate\n" in comment(record)


def test_a_shard_without_models_finds_nothing_wrong(copy: Machines) -> None:
    code, report = copy.check("--shard", "5/5")
    assert code == GOOD
    assert "models" not in json.loads(report.read_text())


def test_what_was_drawn_meanwhile_changes_nobodys_shard(copy: Machines, cli: Cli) -> None:
    clone = copy.clone("drawn")
    told = cli(clone, "plan", "--shards", "2")
    assert cli(clone, "generate", "--shard", "1/2")[0] == GOOD
    assert cli(clone, "plan", "--shards", "2") == told
    assert cli(clone, "generate", "--shard", "2/2")[0] == GOOD
    assert cli(clone, "generate")[1] == JOINED.format(clone.folder)
    assert cli(clone, "check")[1] == "✓ 4 of 4 fresh\n"


CONFIG = """
models:
  heads: {model: "small:Heads", inputs: [{visual: [batch, 16], text: [batch, 8]}]}
  relu: {onnx: relu.onnx}
  siamese: {model: "small:Siamese", views: [forward], inputs: {left: [batch, 32], right: [batch, 32]}}
  tanh: {onnx: tanh.onnx}
"""


@pytest.mark.torch
def test_the_diagrams_of_all_shards_are_those_of_one_run(tmp_path: Path, cli: Cli) -> None:
    """With a model that goes, an orphan that one of the shards removes, and one that is renamed meanwhile.

    Each shard hands on what it did as a patch, and what it found then as a report; the gallery is made of all parts.
    """
    base = Repository(tmp_path / "base").models(was_tanh="Tanh", gone="Relu > Tanh")
    shutil.copy(ROOT / "examples" / "small.py", base.folder)
    for name, operators in (("relu", "Relu > Sigmoid"), ("tanh", "Tanh")):
        (base.folder / f"{name}.onnx").write_bytes(chain(operators))
    base.write({"nnviz.yaml": CONFIG}).commit()
    base.git("checkout", "-q", "-b", "topic")
    machines = Machines(base, tmp_path, cli)
    whole, report = machines.draw("whole")
    states = {m["model"]: m.get("state") for m in json.loads(report.read_text())["models"]}
    assert states == dict.fromkeys(("heads", "relu", "siamese"), "added") | {"tanh": "renamed", "gone": "removed"}
    for count in (1, 2, 5):
        shards = [machines.draw(f"{i}-of-{count}", f"{i}/{count}") for i in range(1, count + 1)]
        joined = machines.clone(f"joined-{count}")
        for made, _ in shards:
            patch = tmp_path / f"{made.folder.name}.patch"
            made.git("add", "--all")
            made.git("diff", "--cached", "--binary", f"--output={patch}")
            joined.git("apply", "--allow-empty", str(patch))
        code, out, err = cli(joined, "generate", "--fail-if-changed")
        assert (code, out.endswith(JOINED.format(joined.folder))) == (1, True), err
        assert _tree(joined) == _tree(whole), count
        assert machines.merge([report for _, report in shards]) == (GOOD, "", report.read_bytes()), count


def _tree(project: Repository) -> dict[str, bytes]:
    folder = project.folder / "diagrams"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
