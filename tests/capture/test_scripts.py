"""Which files are scripts: told by their text, before anything of it runs."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from nnviz_action.capture.scripts import script_work, work_in

NET = "import sys, argparse, torch\nfrom torch import nn\nclass Net(nn.Module):\n    pass\n"
SCRIPTS = {
    "a loop that trains": ("for x in data:\n    loss = net(x)\n    loss.backward()", "trains", (5, 7)),
    "a loop with phases": (
        "for p in ('train', 'val'):\n    if p == 'train':\n        loss.backward()",
        "trains",
        (5, 7),
    ),
    "a step": ("net(x).sum().backward()", "trains", (5,)),
    "by accelerate": ("accelerator.backward(loss)", "trains", (5,)),
    "in a function that is called": (
        "def main():\n    for x in data:\n        net(x).backward()\nmain()",
        "trains",
        (8, 7),
    ),
    "in a function of a function": (
        "def step(l):\n    l.backward()\ndef main():\n    step(net(x))\nmain()",
        "trains",
        (9, 6),
    ),
    "Lightning": ("trainer = pl.Trainer(max_epochs=1)\ntrainer.fit(net, data)", "trains", (6,)),
    "transformers": ("Trainer(net, args).train()", "trains", (5,)),
    "behind try": ("try:\n    net(x).backward()\nexcept KeyboardInterrupt:\n    pass", "trains", (6,)),
    "within with": ("with autocast():\n    loss.backward()", "trains", (6,)),
    "arguments": ("parser = argparse.ArgumentParser()\nargs = parser.parse_args()", "parses arguments", (6,)),
    "known arguments": ("args, rest = argparse.ArgumentParser().parse_known_args()", "parses arguments", (5,)),
    "arguments by a function": ("def get(p):\n    return p.parse_args()\nargs = get(p)", "parses arguments", (7, 6)),
    "sys.exit": ("sys.exit(3)", "exits", (5,)),
    "exit": ("print(Net())\nexit()", "exits", (6,)),
    "SystemExit": ("raise SystemExit('done')", "exits", (5,)),
    "exit of main": ("def main():\n    return 0\nsys.exit(main())", "exits", (7,)),
}
MODULES = {
    "behind a guard": "if __name__ == '__main__':\n    main()\n    loss.backward()\n    sys.exit()",
    "in functions that nobody calls": "def main():\n    parser.parse_args()\n    loss.backward()\n    sys.exit()",
    "in a method": "class Trainer:\n    def fit(self):\n        self.loss.backward()\n        sys.exit()",
    "where something is missing": "try:\n    import apex\nexcept ImportError:\n    sys.exit('no apex')",
    "below a condition": "if sys.version_info < (3, 8):\n    sys.exit('too old')",
    "in a branch of what is called": "def check(v):\n    if v < 1:\n        sys.exit('too old')\ncheck(2)",
    "arguments that are given": "args = parser.parse_args([])",
    "a lambda": "finish = lambda: sys.exit(0)",
    "a function of that name": "exit_code = backward(3)",
    "train of a network": "net = Net().train()\nnet.fit",
    "an object that fits": "scaler = StandardScaler()\nscaler.fit(data)",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_told_with_its_lines(name: str) -> None:
    code, does, lines = SCRIPTS[name]
    found = script_work(NET + code + "\n")
    assert found is not None and (found.does, found.lines) == (does, lines)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_none(name: str) -> None:
    assert script_work(NET + MODULES[name] + "\n") is None


@pytest.mark.parametrize("library", ["torchvision", "timm", "transformers/models/llama", "transformers/models/t5"])
def test_no_file_of_a_library_of_models_is_a_script(library: str) -> None:
    package, _, inside = library.partition("/")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        pytest.skip(f"{package} is not installed")
    files = sorted((Path(spec.origin).parent / inside).rglob("*.py"))
    assert files and [path for path in files if work_in(path)] == []


def test_what_is_no_python_is_none(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("def (: parse_args\n")
    assert work_in(tmp_path / "net.py") is None and work_in(tmp_path / "gone.py") is None
