"""The plugin in real runs of pytest, in a small project of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from repository import Repository, chain

# Plugins that have no part here, of which the first takes a second to import: in every run.
UNUSED = [word for name in ("hypothesispytest", "pytest_httpserver", "anyio") for word in ("-p", f"no:{name}")]


@pytest.fixture
def repository(pytester: pytest.Pytester) -> Repository:
    repository = Repository(pytester.path).models(net="Relu > Sigmoid", other="Tanh")
    repository.write({"test_own.py": "def test_own(): pass\n"})
    return repository


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *UNUSED, *args)


def test_nobody_pays_who_does_not_ask(pytester: pytest.Pytester, repository: Repository) -> None:
    (repository.folder / "net.onnx").write_bytes(chain("Relu"))
    run(pytester).assert_outcomes(passed=1)
    program = (
        "import sys, pytest; before = set(sys.modules); import nnviz_action.cli.pytest_plugin\n"
        "print(*sorted(name for name in set(sys.modules) - before))"
    )
    loaded = subprocess.check_output([sys.executable, "-c", program], text=True).split()
    assert loaded == ["nnviz_action", "nnviz_action.cli", "nnviz_action.cli.pytest_plugin"]


def test_every_model_is_a_test(pytester: pytest.Pytester, repository: Repository) -> None:
    done = run(pytester, "--nnviz-check", "-v")
    done.assert_outcomes(passed=4)
    done.stdout.fnmatch_lines_random(["*collected 4 items", "*test_own.py::test_own PASSED*"])
    ids = run(pytester, "--nnviz-check", "--collect-only", "-q").outlines[:4]
    assert sorted(ids) == ["nnviz.yaml::net", "nnviz.yaml::orphans", "nnviz.yaml::other", "test_own.py::test_own"]


def test_a_failure_is_the_verdict_and_no_traceback(pytester: pytest.Pytester, repository: Repository) -> None:
    (repository.folder / "net.onnx").write_bytes(chain("Relu > Tanh"))
    done = run(pytester, "--nnviz-check")
    done.assert_outcomes(passed=3, failed=1)
    told = ["*_ diagram of net _*", "✗ net: stale", "    net.onnx changed", "    the forward graph changed",
            "    - sigmoid (Sigmoid)", "    + tanh (Tanh)",
            "to mend this: nnviz-action generate net, then commit what it wrote",
            "*short test summary*", "FAILED nnviz.yaml::net - ✗ net: stale"]  # fmt: skip
    done.stdout.fnmatch_lines(told, consecutive=True)
    assert "Traceback" not in done.stdout.str() and "pytest_plugin.py" not in done.stdout.str()
    assert repository.run("generate", "net").returncode == 0
    run(pytester, "--nnviz-check").assert_outcomes(passed=4)


def test_a_diagram_that_is_gone_and_one_that_is_left_over(pytester: pytest.Pytester, repository: Repository) -> None:
    (repository.folder / "diagrams/net/forward.png").unlink()
    repository.write({"nnviz.yaml": "models:\n  net: {onnx: net.onnx}\n"})
    done = run(pytester, "--nnviz-check")
    done.assert_outcomes(passed=1, failed=2)
    done.stdout.fnmatch_lines(
        ["    forward.png is missing", "✗ other: orphan", "to mend this: nnviz-action generate, *"]
    )


@pytest.mark.parametrize(
    ("args", "passed"), [("-m nnviz", 3), ("-m 'not nnviz'", 1), ("-k other", 1), ("test_own.py", 4)]
)
def test_they_are_chosen_as_other_tests_are(
    args: str, passed: int, pytester: pytest.Pytester, repository: Repository
) -> None:
    chosen = args.split(" ", 1)
    run(
        pytester, "--nnviz-check", "--strict-markers", chosen[0], *(a.strip("'") for a in chosen[1:])
    ).assert_outcomes(passed=passed, deselected=0 if passed == 4 else 4 - passed)


def test_they_run_on_several_processes(pytester: pytest.Pytester, repository: Repository) -> None:
    (repository.folder / "net.onnx").write_bytes(chain("Relu"))
    run(pytester, "--nnviz-check", "-n", "2").assert_outcomes(passed=3, failed=1)


def test_the_ini_file_names_another_config(
    pytester: pytest.Pytester, tmp_path_factory: pytest.TempPathFactory
) -> None:
    repository = Repository(pytester.path).models("models/diagrams.yaml", net="Relu")
    pytester.makeini("[pytest]\nnnviz_config = models/diagrams.yaml\ntestpaths = tests\naddopts = --nnviz-check\n")
    repository.write({"tests/test_own.py": "def test_own(): pass\n"})
    run(pytester).assert_outcomes(passed=3)
    (repository.folder / "models/diagrams/net/summary.md").unlink()
    done = run(pytester)
    done.stdout.fnmatch_lines(["to mend this: nnviz-action generate --config models/diagrams.yaml net, *"])


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (None, "*--nnviz-check: there is no nnviz.yaml in this folder*"),
        ("models: [", "*--nnviz-check: nnviz.yaml:2:1: *"),
        ("defaults: {}", "*--nnviz-check: nnviz.yaml lists no models*"),
    ],
)
def test_a_config_that_cannot_be_read_ends_the_run(config: str | None, said: str, pytester: pytest.Pytester) -> None:
    if config is not None:
        (pytester.path / "nnviz.yaml").write_text(config)
    done = run(pytester, "--nnviz-check")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([said])
    assert "Traceback" not in done.stderr.str()


def test_a_mistake_in_the_config_fails_the_models_in_its_words(pytester: pytest.Pytester) -> None:
    (pytester.path / "nnviz.yaml").write_text("models:\n  net: {onnx: net.onnx, teme: dark}\n")
    done = run(pytester, "--nnviz-check")
    done.assert_outcomes(failed=2)
    done.stdout.fnmatch_lines(["nnviz.yaml:2:*: unknown key 'teme'", "  did you mean 'theme'?"])
    assert "Traceback" not in done.stdout.str()


@pytest.mark.torch
def test_a_change_that_changes_no_graph_is_told_from_one_that_does(pytester: pytest.Pytester) -> None:
    net = "from torch import nn\n\n\ndef Net():\n    width = 4\n    return nn.Linear(2, width)\n"
    repository = Repository(pytester.path).write(
        {"net.py": net, "nnviz.yaml": "models:\n  net: {model: net:Net, inputs: [[1, 2]], views: [forward]}\n"}
    )
    assert repository.run("generate").returncode == 0
    repository.write({"net.py": net.replace("width", "breadth")})
    run(pytester, "--nnviz-check").assert_outcomes(passed=2)
    repository.write({"net.py": net.replace("4", "5")})
    run(pytester, "--nnviz-check").assert_outcomes(passed=1, failed=1)
    assert Path(pytester.path / "diagrams/net/lock.json").exists()
