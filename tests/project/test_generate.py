"""`generate`: writes what is not fresh, and nothing else."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Project

pytestmark = pytest.mark.torch

FILES = {
    "nnviz.yaml": "defaults: {views: [forward]}\nmodels:\n  a: {model: net:Net, inputs: [[1, 4]]}\n  b: {model: net:Net, inputs: [[1, 4]]}\n",
    "net.py": "from torch import nn\n\n\ndef Net():\n    print('built')\n    return nn.Sequential(nn.Linear(4, 2), nn.ReLU())\n",
}
Cli = Callable[..., tuple[int, str, str]]


def stamps(project: Project) -> dict[str, int]:
    return {
        str(p.relative_to(project.folder)): p.stat().st_mtime_ns for p in (project.folder / "diagrams").rglob("*.*")
    }


def test_the_life_of_a_diagram(project: Project, cli: Cli) -> None:
    project.write(FILES)
    code, out, err = cli(project, "generate", "--fail-if-changed")
    assert code == 1
    assert [line.split()[0] for line in out.splitlines()[:3]] == ["model", "a", "b"]
    assert "1 of 1" not in out and "2 of 2" in out and "5 written" in out
    assert "a: built" in err and "b: built" in err

    first = stamps(project)
    assert cli(project, "generate", "--fail-if-changed")[0] == 0
    assert stamps(project) == first

    # A rename inside a function changes the source and not the graph: the pictures stay, the lock is renewed.
    project.write({"net.py": FILES["net.py"].replace("'built'", "'made'")})
    assert cli(project, "generate", "a")[0] == 0
    changed = {name for name, stamp in stamps(project).items() if first[name] != stamp}
    assert changed == {"diagrams/a/lock.json"}

    # A model that leaves the config takes its diagram along, but not what others put there.
    project.write({"diagrams/b/README.md": "mine", "nnviz.yaml": FILES["nnviz.yaml"].partition("  b:")[0]})
    code, out, _ = cli(project, "generate", "--fail-if-changed")
    assert code == 1
    assert "removed the diagram of b, which nnviz.yaml no longer has; left in place: README.md" in out
    assert [p.name for p in (project.folder / "diagrams" / "b").iterdir()] == ["README.md"]
    assert cli(project, "generate", "--fail-if-changed")[0] == 0


def test_two_configs_in_one_repository_share_an_output_folder(project: Project, cli: Cli) -> None:
    text = "models:\n  {}: {{model: net:Net, inputs: [[1, 4]], views: [forward]}}\n"
    project.write({**FILES, "nnviz.yaml": text.format("one"), "other.yaml": text.format("two")})
    assert cli(project, "generate")[0] == 0
    assert cli(project, "generate", "--config", "other.yaml")[0] == 0
    assert cli(project, "check")[0] == 0
    code, out, _ = cli(project, "check", "--config", "other.yaml")
    assert (code, out) == (0, "✓ 1 of 1 fresh\n")


def test_a_user_file_that_shadows_a_library_does_no_harm(project: Project, cli: Cli) -> None:
    project.write({**FILES, "onnx.py": "raise SystemExit('shadowed')\n", "yaml.py": "raise SystemExit('shadowed')\n"})
    done = project.run("generate", "a", env={"PYTHONSAFEPATH": "1"})
    assert done.returncode == 0, done.stderr


def test_an_onnx_file_needs_no_torch(project: Project, cli: Cli) -> None:
    import onnx
    from onnx import TensorProto, helper

    weight = helper.make_tensor("w", TensorProto.FLOAT, [4, 2], [1.0] * 8)
    values = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in (("x", ["n", 4]), ("y", ["n", 2]))]
    nodes = [helper.make_node("MatMul", ["x", "w"], ["h"]), helper.make_node("Relu", ["h"], ["y"])]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], [weight])
    project.write({"nnviz.yaml": "models:\n  m: {onnx: data/m.onnx}\n", "data/.keep": ""})
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), project.folder / "data/m.onnx")
    assert cli(project, "generate")[0] == 0
    found = onnx.load(project.folder / "diagrams/m/model.onnx")
    onnx.checker.check_model(found, full_check=True)
    assert {v.name for v in found.graph.value_info} == {"h"}
    assert sorted(p.name for p in (project.folder / "diagrams/m").iterdir()) == [
        "forward.png",
        "lock.json",
        "model.onnx",
        "overview.png",
        "summary.md",
    ]
    assert cli(project, "check")[0] == 0


def test_an_lfs_pointer_is_no_onnx_file(project: Project, cli: Cli) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 7\n"
    project.write({"nnviz.yaml": "models:\n  m: {onnx: m.onnx}\n", "m.onnx": pointer})
    code, _, err = cli(project, "generate")
    assert code == 3
    assert err.endswith("error: m: m.onnx is a Git LFS pointer here\n    nnviz.yaml:2: m\n  git lfs pull\n")


@pytest.mark.parametrize("data", [b"", b"not onnx", b"\x08\x07" * 50])
def test_a_broken_onnx_file_is_named(data: bytes, project: Project, cli: Cli) -> None:
    project.write({"nnviz.yaml": "models:\n  m: {onnx: m.onnx}\n"})
    (project.folder / "m.onnx").write_bytes(data)
    code, _, err = cli(project, "generate")
    assert code == 3
    assert "error: m: " in err and "Traceback" not in err


def test_a_read_only_folder_is_named(project: Project, cli: Cli) -> None:
    project.write({**FILES, "diagrams": "a file in the way"})
    code, _, err = cli(project, "generate", "a")
    assert code == 3
    assert "error: a: cannot read or write" in err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_at_once_and_leaves_nothing(how: signal.Signals, project: Project) -> None:
    slow = "import time\n\n\ndef Net():\n    print('building', flush=True)\n    time.sleep(60)\n"
    project.write({**FILES, "net.py": slow})
    # A shell's background job inherits an ignored SIGINT, which is not what is tested here.
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from nnviz_action.cli.entry import main; sys.argv[1:] = ['generate', '--jobs', '2']; sys.exit(main())"
    )
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, cwd=project.folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stderr is not None and "building" in process.stderr.readline()
    start = time.monotonic()
    process.send_signal(how)
    _, err = process.communicate(timeout=20)
    assert time.monotonic() - start < 5
    assert process.returncode == 130
    assert "error: interrupted" in err and "Traceback" not in err
    assert not (project.folder / "diagrams").exists()


def test_force_writes_what_only_a_capture_can_tell(project: Project, cli: Cli) -> None:
    text = (
        FILES["net.py"]
        .replace("from torch", "import os\nfrom torch")
        .replace("(4, 2)", "(4, os.path.getsize('width'))")
    )
    project.write({**FILES, "net.py": text, "width": "xx"})
    assert cli(project, "generate", "a")[0] == 0
    project.write({"width": "xxx"})
    assert cli(project, "check", "a")[0] == 0
    code, out, _ = cli(project, "check", "a", "--full")
    assert code == 1 and "to mend this: nnviz-action generate --force a" in out
    assert cli(project, "generate", "a", "--force")[0] == 0
    assert cli(project, "check", "a", "--full")[0] == 0


@pytest.mark.parametrize("moment", [0.5, 1.5, 2.5])
def test_an_interrupt_does_not_wait_for_torch(moment: float, project: Project, tmp_path: Path) -> None:
    program = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from nnviz_action.cli.entry import main; sys.argv[1:] = ['generate']; sys.exit(main())"
    )
    (tmp_path / "temporary").mkdir()
    env = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=project.write(FILES).folder, env=env, stderr=subprocess.PIPE, text=True
    )
    time.sleep(moment)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert time.monotonic() - start < 1.5
    assert process.returncode == 130 and "Traceback" not in err
    assert list((tmp_path / "temporary").glob("nnviz-*")) == []


def test_a_file_that_appears_where_sources_are_looked_for_is_not_passed_over(project: Project, cli: Cli) -> None:
    made = "import os\nos.path.exists('sizes/b.txt') or os.system('echo b > sizes/b.txt')\n"
    project.write({**FILES, "net.py": made + FILES["net.py"], "sizes/a.txt": "a"})
    project.write({"nnviz.yaml": "models:\n  a: {model: net:Net, inputs: [[2, 4]], sources: [sizes/*.txt]}\n"})
    code, _, err = cli(project, "generate")
    assert code == 3 and "b.txt changed while the model was captured" in err
    assert cli(project, "generate")[0] == 0


def test_a_source_that_changes_while_it_is_captured_is_not_locked(project: Project, cli: Cli) -> None:
    text = FILES["net.py"].replace(
        "    print('built')", "    import os, pathlib\n    os.utime(__file__, ns=(2**62, 2**62))"
    )
    project.write({**FILES, "net.py": text})
    code, _, err = cli(project, "generate", "a")
    assert code == 3
    assert "error: a: net.py changed while the model was captured\n    nnviz.yaml:3: a\n  run it again" in err


def test_a_source_that_changes_and_changes_back_meanwhile_is_not_locked(project: Project, cli: Cli) -> None:
    """Another process gives it back its content, its size and its time; the model saw something else."""
    other = "import os; s = os.stat('size.txt'); open('size.txt', 'w').write({!r}); os.utime('size.txt', ns=(s.st_atime_ns, s.st_mtime_ns))"
    swap = "subprocess.run([sys.executable, '-c', {!r}], check=True)\n"
    code = (
        f"import subprocess, sys\n{swap.format(other.format('5'))}SIZE = int(open('size.txt').read())\n"
        f"{swap.format(other.format('2'))}{FILES['net.py'].replace('(4, 2)', '(4, SIZE)')}"
    )
    project.write({**FILES, "net.py": code, "size.txt": "2"})
    code_, _, err = cli(project, "generate", "a")
    assert code_ == 3 and "size.txt changed while the model was captured" in err


def test_a_diagram_beside_the_code_still_knows_its_sources(project: Project, cli: Cli) -> None:
    config = "models:\n  net: {model: 'models/net.py:Net', inputs: [[1, 4]], views: [forward], output: models}\n"
    project.write({"nnviz.yaml": config, "models/net.py": FILES["net.py"]})
    assert cli(project, "generate")[0] == 0
    project.write({"models/net.py": FILES["net.py"].replace("(4, 2)", "(4, 5)")})
    assert cli(project, "check")[0] == 1


def test_a_constant_made_on_the_meta_device_does_no_harm(project: Project, cli: Cli) -> None:
    code = (
        "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.fc, self.k = nn.Linear(4, 2), torch.arange(6.0)\n\n    def forward(self, x):\n        return self.fc(x) * self.k.sum()\n"
    )
    project.write({**FILES, "net.py": code})
    assert cli(project, "generate", "a")[0] == 0


def test_what_git_tells_a_hook_does_not_reach_the_model(project: Project) -> None:
    code = "import os\n\n\ndef Net():\n    raise ValueError([n for n in ('GIT_DIR', 'GIT_INDEX_FILE', 'GIT_AUTHOR_NAME') if n in os.environ])\n"
    told = {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index", "GIT_AUTHOR_NAME": "test"}
    done = project.write({**FILES, "net.py": code}).run("generate", "a", env=told)
    assert "ValueError: ['GIT_AUTHOR_NAME']" in done.stderr


def test_a_child_left_behind_does_not_hold_us_up(project: Project, cli: Cli) -> None:
    code = "import os, time\n\n\ndef Net():\n    if os.fork() == 0:\n        time.sleep(60)\n    os.abort()\n"
    project.write({**FILES, "net.py": code})
    start = time.monotonic()
    code_, _, err = cli(project, "generate", "a")
    assert code_ == 3 and "ended the process by signal SIGABRT" in err
    assert time.monotonic() - start < 30
