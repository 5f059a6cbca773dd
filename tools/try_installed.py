"""Tries an installed nnviz-action as its first user would: on an ONNX file, in a folder of its own.

Usage: PYTHON tools/try_installed.py VERSION, with the Python of the environment that it is installed in
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import onnx
from onnx import TensorProto, helper

import nnviz_action

CONFIG = "models: {net: {onnx: net.onnx, theme: both, formats: [png, svg]}}\n"
WRITTEN = {
    "overview.png",
    "overview-dark.png",
    "overview.svg",
    "overview-dark.svg",
    "forward.png",
    "forward-dark.png",
    "forward.svg",
    "forward-dark.svg",
    "model.onnx",
    "summary.md",
    "lock.json",
}


def main(version: str) -> None:
    """Draw, check, edit, check. Raises `SystemExit` where something is not as it should be."""
    place = Path(nnviz_action.__file__).resolve()
    expect(place.is_relative_to(Path(sys.prefix).resolve()), f"{place} is not what was installed")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "nnviz.yaml").write_text(CONFIG)
        net(folder / "net.onnx", "Relu")
        expect(run(folder, 0, "--version").strip() == f"nnviz-action, version {version}", "another version")
        run(folder, 0, "generate")
        written = {path.name for path in (folder / "diagrams" / "net").iterdir()}
        expect(written == WRITTEN, f"it wrote {sorted(written)}")
        run(folder, 0, "check")
        net(folder / "net.onnx", "Tanh")
        run(folder, 1, "check")
    print(f"nnviz-action {version} works, from {place.parent}")


def net(path: Path, operator: str) -> None:
    """An ONNX file of one operator."""
    ends = [helper.make_tensor_value_info(end, TensorProto.FLOAT, [2, 4]) for end in ("x", "y")]
    graph = helper.make_graph([helper.make_node(operator, ["x"], ["y"])], "net", ends[:1], ends[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)]), path)


def run(folder: Path, code: int, *args: str) -> str:
    """What the command prints; it must end with this code."""
    command = [str(Path(sys.executable).with_name("nnviz-action")), *args]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    expect(done.returncode == code, f"{' '.join(args)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(true: bool, otherwise: str) -> None:
    """Raises `SystemExit`."""
    if not true:
        raise SystemExit(f"error: {otherwise}")


if __name__ == "__main__":
    main(sys.argv[1])
