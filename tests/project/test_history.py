"""What a model weighed from commit to commit, in real repositories."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from conftest import Project
from repository import Repository

from nnviz_action.freshness.lock import Lock, lock_bytes

Cli = Callable[..., tuple[int, str, str]]
CONFIG = "models:\n  net: {model: 'net:A', inputs: [[1]]}\n  other: {model: 'net:B', inputs: [[1]]}\n"


@pytest.fixture
def nets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["Nets"]:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-03-01T23:30:00-0200")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2020-01-01T00:00:00+0000")
    yield Nets(tmp_path / "nets")


class Nets(Repository):
    """A repository in which a diagram is its lock alone."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.write({"nnviz.yaml": CONFIG})

    def lock(
        self, parameters: int | None, *, model: str = "net", folder: str = "", graph: str = "", **more: int
    ) -> str:
        """Commit a lock of so many parameters; without any, of a model that has only an autograd graph."""
        self.put(parameters, model=model, folder=folder, graph=graph, **more)
        return self.commit(f"{model} with {parameters}")

    def put(
        self, parameters: int | None, *, model: str = "net", folder: str = "", graph: str = "", **more: int
    ) -> None:
        numbers = (
            {"parameters": parameters, "macs": 10 * parameters, "activations": 4 * parameters, "nodes": 3, **more}
            if parameters
            else {}
        )
        digests = {"forward": graph or f"graph of {parameters}"} if parameters else {"autograd": graph}
        lock = Lock(model, "../../nnviz.yaml", "w", "e", digests, packages={"p": "1.0"}, numbers=numbers)
        self.write({f"{folder or f'diagrams/{model}'}/lock.json": lock_bytes(lock).decode()})

    def parameters(self, *arguments: str) -> list[int | None]:
        return [point["numbers"].get("parameters") for point in self.history(*arguments)["points"]]

    def history(self, *arguments: str) -> "dict[str, list[dict[str, dict[str, int]]]]":
        done = self.run("history", *(arguments or ("net",)), "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_a_line_for_each_commit_that_changed_something(nets: Nets, cli: Cli) -> None:
    first = nets.lock(1_000_000)
    nets.write({"notes.txt": "unrelated"}).commit()
    second = nets.lock(1_200_000, nodes=5)
    nets.write({"diagrams/net/lock.json": nets.read("diagrams/net/lock.json").replace('"p": "1.0"', '"p": "1.0" ')})
    nets.commit("only spaces")
    nets.lock(7, model="other")
    third = nets.lock(1_200_000, nodes=5, graph="another")
    code, out, err = cli(nets, "history", "net")
    assert (code, err) == (0, "")
    assert [line.rstrip() for line in out.splitlines()] == [
        "commit    date        parameters               MACs         activations         nodes",
        f"{first[:8]}  2026-03-01      1.00 M         10.0 MMACs             4.00 MB             3      net with 1000000",
        f"{second[:8]}  2026-03-01      1.20 M  +20 %  12.0 MMACs  +20 %      4.80 MB  +20 %      5  +2  net with 1200000",
        f"{third[:8]}  2026-03-01      1.20 M         12.0 MMACs             4.80 MB             5      (the same numbers) net with 1200000",
    ]  # fmt: skip


def test_json_and_csv_have_the_numbers_as_they_are(nets: Nets, cli: Cli) -> None:
    commits = [nets.lock(100), nets.lock(90)]
    found = json.loads(cli(nets, "history", "net", "--format", "json")[1])
    assert (found["model"], found["cut"]) == ("net", False)
    assert found["points"][1] == {
        "commit": commits[1], "date": "2026-03-01T23:30:00-02:00", "subject": "net with 90", "folder": "diagrams/net",
        "graph": "graph of 90", "numbers": {"parameters": 90, "macs": 900, "activations": 360, "nodes": 3},
        "changed": {"parameters": -10, "macs": -100, "activations": -40},
    }  # fmt: skip
    rows = list(csv.reader(StringIO(cli(nets, "history", "net", "--format", "csv")[1])))
    assert rows[0] == ["commit", "date", "parameters", "macs", "activations", "nodes"]
    assert rows[2] == [commits[1], "2026-03-01T23:30:00-02:00", "90", "900", "360", "3"]


def test_a_merge_is_one_step_whatever_people_set_for_themselves(nets: Nets) -> None:
    """Along first parents: what happened on a branch is told as what its merge brought."""
    nets.lock(1)
    nets.git("checkout", "-q", "-b", "topic")
    nets.lock(2)
    nets.lock(3)
    nets.git("checkout", "-q", "main")
    nets.write({"notes.txt": ""}).commit()
    nets.git("merge", "-q", "--no-ff", "topic", "-m", "Merge topic")
    merge = nets.git("rev-parse", "HEAD")
    nets.lock(4)
    settings = {"log.follow": "true", "log.showSignature": "true", "log.diffMerges": "combined", "diff.renames": "copies",
                "log.date": "relative", "color.ui": "always", "core.quotePath": "true", "log.decorate": "full"}  # fmt: skip
    for name, value in settings.items():
        assert nets.parameters() == [1, 3, 4], name
        nets.git("config", name, value)
    assert nets.parameters() == [1, 3, 4]
    assert nets.history()["points"][1]["commit"] == merge  # type: ignore[comparison-overlap]
    nets.git("checkout", "-q", "topic")
    assert nets.parameters() == [1, 2, 3]


def test_a_merge_in_which_both_sides_changed(nets: Nets) -> None:
    nets.lock(1)
    nets.git("checkout", "-q", "-b", "topic")
    nets.lock(2)
    nets.git("checkout", "-q", "main")
    nets.lock(3)
    nets.git("merge", "-q", "--no-commit", "--no-ff", "-s", "ours", "topic")
    nets.put(5)
    nets.commit("merged by hand")
    assert nets.parameters() == [1, 3, 5]


def test_a_diagram_is_followed_to_where_it_came_from(nets: Nets) -> None:
    nets.lock(1)
    nets.lock(2)
    nets.lock(50, model="other")
    nets.git("mv", "diagrams", "docs")  # the other model moves too, and is not taken for this one
    nets.put(3, folder="docs/net")
    nets.write({"nnviz.yaml": CONFIG.replace("[[1]]}", "[[1]], output: docs}")}).commit("move and change")
    nets.lock(4, folder="docs/net")
    assert nets.parameters() == [1, 2, 3, 4]
    assert [point["folder"] for point in nets.history()["points"]] == ["diagrams/net"] * 2 + ["docs/net"] * 2
    assert nets.parameters("other") == [50]

    nets.git("mv", "docs", "diagrams")
    nets.write({"nnviz.yaml": CONFIG}).commit("and back")
    nets.lock(5)
    assert nets.parameters() == [1, 2, 3, 4, 5]


def test_a_model_that_was_renamed_as_it_was_is_followed(nets: Nets) -> None:
    nets.lock(1, model="old")
    nets.lock(2, model="old")
    nets.lock(9, model="unrelated")
    shutil.rmtree(nets.folder / "diagrams")
    nets.put(2)
    nets.commit("rename old to net, drop another")
    nets.lock(3)
    assert nets.parameters() == [1, 2, 3]


def test_a_new_model_is_not_taken_for_one_that_went(nets: Nets) -> None:
    nets.lock(8, model="old")
    shutil.rmtree(nets.folder / "diagrams")
    nets.put(9)
    nets.commit("another model, and much of its lock reads the same")
    assert nets.parameters() == [9]


def test_a_diagram_that_went_and_came_again(nets: Nets, cli: Cli) -> None:
    nets.lock(1)
    nets.git("rm", "-q", "-r", "diagrams")
    nets.commit("without it")
    nets.lock(1)
    assert nets.parameters() == [1, None, 1]
    lines = cli(nets, "history", "net")[1].splitlines()
    assert lines[2].split()[2:] == ["(removed)", "without", "it"]


def test_a_shallow_clone_says_that_it_is_cut(nets: Nets, cli: Cli, tmp_path: Path) -> None:
    for parameters in (1, 2, 3):
        nets.lock(parameters)
    nets.lock(5, model="other")
    assert cli(nets, "history", "net")[2] == ""
    nets.git("clone", "-q", "--depth=3", f"file://{nets.folder}", str(tmp_path / "clone"))
    clone = Nets(tmp_path / "clone")
    assert clone.parameters() == [2, 3]
    note = "note: this clone is shallow: what was before the first line is not here\n  git fetch --unshallow\n"
    assert cli(clone, "history", "net")[2] == note
    assert json.loads(cli(clone, "history", "net", "--format", "json")[1])["cut"] is True
    assert cli(clone, "history", "other")[2] == "", "it began behind the cut"


def test_locks_that_are_none_are_left_out_and_counted(nets: Nets, cli: Cli) -> None:
    nets.lock(1)
    for text in ("<<<<<<< conflict\n", '{"nnviz": 1}'):
        nets.write({"diagrams/net/lock.json": text}).commit()
    nets.lock(2)
    code, out, err = cli(nets, "history", "net")
    assert (code, len(out.splitlines())) == (0, 3)
    assert err == "note: 2 locks are of another version of nnviz-action, or broken: left out\n"


def test_a_subject_is_shown_and_not_obeyed(nets: Nets, cli: Cli) -> None:
    nets.put(1)
    nets.commit("red \x1b[31m [bold]text[/] :\t@a\u202e\n\nbody")
    out = cli(nets, "history", "net")[1]
    assert "\x1b" not in out and "\u202e" not in out
    assert out.rstrip().endswith("red \ufffd[31m [bold]text[/] : @a")


def test_a_folder_whose_name_git_would_quote_is_followed_too(nets: Nets) -> None:
    folder = "diag größe/net"
    nets.write({"nnviz.yaml": CONFIG.replace("[[1]]}", "[[1]], output: diag größe}", 1)})
    nets.lock(1, folder=folder)
    nets.git("mv", "diag größe", "d")
    nets.commit()
    nets.git("mv", "d", "diag größe")
    nets.commit()
    assert nets.parameters() == [1]


ERRORS = {
    "no repository": (lambda nets: shutil.rmtree(nets.folder / ".git"), "nnviz.yaml is in no git repository"),
    "no commit": (lambda nets: None, "this repository has no commit yet"),
    "no diagram": (lambda nets: nets.commit(), "net has no history: no commit has its diagram\n  git add diagrams/net, and commit"),
}  # fmt: skip


@pytest.mark.parametrize(("prepare", "said"), ERRORS.values(), ids=list(ERRORS))
def test_without_history(prepare: Callable[[Nets], object], said: str, nets: Nets, cli: Cli) -> None:
    prepare(nets)
    code, _, err = cli(nets, "history", "net")
    assert (code, err.partition("error: ")[2][: len(said)]) == (2, said)


def test_an_unknown_model(nets: Nets, cli: Cli) -> None:
    assert "nnviz.yaml has no model 'ner'\n  did you mean 'net'?" in cli(nets, "history", "ner")[2]


def test_words_need_no_extra(nets: Nets) -> None:
    nets.lock(1)
    program = (
        "import sys; from nnviz_action.cli.main import main; main(['history', 'net']);"
        "print(sorted({'torch', 'onnx', 'numpy', 'PIL', 'resvg', 'resvg_py'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=nets.folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("\n[]\n"), done.stderr


def test_a_thousand_commits_are_a_few_calls_of_git(nets: Nets, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    nets.put(1)
    nets.commit()
    locks = [f"{n}" for n in range(2, 302)]
    stream = ["reset refs/heads/main\nfrom refs/heads/main^0\n"]
    for n in locks:
        nets.put(int(n))
        text = nets.read("diagrams/net/lock.json")
        stream.append(
            f"commit refs/heads/main\ncommitter t <t@example.com> {1_700_000_000 + int(n)} +0000\ndata 1\nx\n"
            f"M 100644 inline diagrams/net/lock.json\ndata {len(text.encode())}\n{text}\n"
        )
    subprocess.run(["git", "fast-import", "--quiet"], cwd=nets.folder, input="".join(stream).encode(), check=True)
    nets.git("reset", "-q", "--hard")
    calls: list[list[str]] = []
    real = subprocess.run

    def counted(command: list[str], **options: object) -> object:
        calls.append(command)
        return real(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("nnviz_action.system.revisions.subprocess.run", counted)
    assert len(cli(nets, "history", "net", "--format", "csv")[1].splitlines()) == 302
    assert len(calls) <= 5


def drawn(project: Project, cli: Cli, *names: str) -> list[bytes]:
    for name in names:
        code, _, err = cli(project, "history", "net", "--plot", name)
        assert code == 0, err
    return [(project.folder / name).read_bytes() for name in names]


def test_plots_are_the_same_bytes_each_time_in_both_themes(nets: Nets, cli: Cli) -> None:
    for parameters in (11_000_000, 12_000_000, 30_000_000):
        nets.lock(parameters)
    light, again, dark = drawn(nets, cli, "a.svg", "b.svg", "c-dark.svg")
    assert light == again != dark
    assert b">30.0 M</tspan>" in light and b">300 MMACs</tspan>" in light and b'fill="#FFFFFF"' in light
    assert b'fill="#0D1117"' in dark
    png, twin, night = drawn(nets, cli, "a.png", "b.png", "sub/a-dark.png")
    assert png == twin != night and png.startswith(b"\x89PNG")


def test_a_plot_of_one_commit_of_gaps_and_of_nothing(nets: Nets, cli: Cli) -> None:
    nets.lock(5)
    (single,) = drawn(nets, cli, "one.svg")
    assert single.count(b"<circle") == 3
    nets.git("rm", "-q", "-r", "diagrams")
    nets.commit()
    nets.lock(5)
    (gap,) = drawn(nets, cli, "gap.svg")
    assert gap.count(b'stroke-width="1.8"') == 6, "two lines in each of three panels"
    nets.lock(None, model="other", graph="x")
    code, _, err = cli(nets, "history", "other", "--plot", "x.svg")
    assert (code, err) == (
        2,
        "error: other has no numbers to draw: they are of the forward graph\n  leave out --plot\n",
    )


def test_a_plot_has_a_form_that_can_be_written(nets: Nets, cli: Cli) -> None:
    nets.lock(5)
    for name in ("history.jpg", "history", ".svg"):
        code, _, err = cli(nets, "history", "net", "--plot", name)
        assert (code, err.splitlines()[0]) == (2, f"error: --plot {name}: the picture is written as .svg or .png")
    code, _, err = cli(nets, "history", "net", "--plot", "nnviz.yaml/x.svg")
    assert (code, "error: cannot write nnviz.yaml/x.svg: " in err) == (2, True)
