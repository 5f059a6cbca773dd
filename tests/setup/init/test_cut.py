"""A use is cut out of the code around it: what it depends on, and nothing that trains, loads or asks."""

import ast
import textwrap
from pathlib import Path

import pytest

from nnviz_action.setup.init.entries import Entry, functions_apart
from nnviz_action.setup.init.plans import Way
from nnviz_action.setup.init.scan import scan
from nnviz_action.setup.init.statements import plainly
from nnviz_action.setup.init.targets import Target

NET = """
from torch import nn

class Net(nn.Module):
    def __init__(self, width=4, depth=3, act=None):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(4, 3), nn.Linear(3, 2), nn.ReLU()

    def forward(self, x):
        return self.c(self.b(self.a(x)))
"""


def first_way(folder: Path, script: str, name: str = "train.py") -> Way:
    (folder / "net.py").write_text(NET)
    (folder / name).write_text(textwrap.dedent(script))
    (plan,) = scan(folder).plans
    return plan.ways[0]


def code(way: Way) -> str:
    assert way.code is not None
    return way.code.function(f"Net, {way.code.arguments}")


def test_the_command_line_has_its_defaults(tmp_path: Path) -> None:
    way = first_way(
        tmp_path,
        """
        import argparse
        from net import Net

        def build(args, depth):
            if args.wide:
                width = 99
            else:
                width = args.width * 2
            return Net(width, depth).cuda()

        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument("--width", type=int, default=8)
            parser.add_argument("--wide", action="store_true")
            args = parser.parse_args()
            steps = 5
            model = build(args, depth=steps)
            for epoch in range(100):
                model.train()
        """,
    )
    names: dict[str, object] = {}
    text = code(way).replace("from net import Net", "Net = None")
    exec(text, names)
    assert names["make"]() == (None, [16, 5], {})  # type: ignore[operator]
    assert "train" not in text and "cuda" not in text and "parse_args" not in text


def test_what_nothing_tells_is_left_out_of_the_call(tmp_path: Path) -> None:
    way = first_way(
        tmp_path,
        """
        import torch
        from net import Net

        data = torch.load("data.pt")
        net = Net(len(data), depth=7)
        """,
    )
    assert "Net, [], {'depth': 7}" in code(way) and "load" not in code(way)


def test_a_loop_is_at_its_first_round_and_an_attribute_is_found(tmp_path: Path) -> None:
    way = first_way(
        tmp_path,
        """
        import unittest, torch
        from net import Net

        class TestNet(unittest.TestCase):
            def setUp(self):
                self.width = 6
                self.net = Net(self.width)

            def test_it(self):
                for size in (2, 3):
                    self.net(torch.randn(size, 4))
        """,
        "test_net.py",
    )
    assert way.inputs is not None
    names: dict[str, object] = {}
    exec(way.inputs.function(way.inputs.arguments), names)
    args, kwargs = names["make"]()  # type: ignore[operator]
    assert tuple(args[0].shape) == (2, 4) and kwargs == {}
    assert "self_width = 6" in code(way) and "self." not in code(way)


def test_a_file_that_trains_when_it_is_imported_is_not_imported(tmp_path: Path) -> None:
    script = NET + "\nmodel = Net()\nloss = model(None)\nloss.backward()\n"
    (tmp_path / "train.py").write_text(script)
    (plan,) = scan(tmp_path).plans
    assert plan.ways == () and "train.py does its work when it is imported" in plan.reason


@pytest.mark.parametrize(
    "change",
    [
        "for size in (8, 16):\n    width += size",
        "while width < 64:\n    width *= 2",
        "sizes = [width]\nfor _ in range(2):\n    sizes.append(3)\nwidth = sizes[-1]",
        "config = dict(width=4)\nconfig.merge_from_file('x.yaml')\nwidth = config['width']",
        "width = int(subprocess.check_output(['sh', '-c', 'touch made; echo 3']))",
        "width = os.getpid()",
        "width = requests.get('x').json()",
    ],
)
def test_what_a_loop_or_another_program_makes_is_not_known(change: str, tmp_path: Path) -> None:
    lines = ["import os, subprocess, requests", "from net import Net", "def main():", "    width = 4"]
    lines += [f"    {line}" for line in change.splitlines()]
    way = first_way(tmp_path, "\n".join([*lines, "    model = Net(width)"]))
    assert way.code is None or "width" not in way.code.arguments


@pytest.mark.parametrize("option", ['"--lambda", type=int, default=3', '"--seed", type=int, default=""'])
def test_an_option_that_no_python_takes_hides_no_other(option: str, tmp_path: Path) -> None:
    script = f"""
        import argparse
        from net import Net

        parser = argparse.ArgumentParser()
        parser.add_argument("--width", type=int, default=8)
        parser.add_argument({option})

        def main():
            args = parser.parse_args()
            return Net(args.width)
        """
    assert "args.width" in code(first_way(tmp_path, script))


def test_functions_of_models_of_one_name_are_apart() -> None:
    entries = [Entry("Net", Target("nnviz_models:make_net", "."), function="    return 1"),
               Entry("net", Target("nnviz_models:make_net", "."), function="    return 2"),
               Entry("Other", Target("other:Other", "."))]  # fmt: skip
    found = [entry.target.text for entry in functions_apart(entries)]
    assert found == ["nnviz_models:make_net", "nnviz_models:make_net_2", "other:Other"]


@pytest.mark.parametrize(
    ("call", "kept"),
    [("to(dtype=torch.int64)", True), ("to(torch.bool)", True), ("to(device)", False), ("to('cuda:0')", False)],
)
def test_a_type_is_no_device(call: str, kept: bool) -> None:
    node = ast.parse(f"torch.ones(2, 4).{call}", mode="eval").body
    assert (".to(" in ast.unparse(plainly(node))) is kept
