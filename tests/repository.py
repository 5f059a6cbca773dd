"""Real git repositories with diagrams, without torch: models are ONNX files."""

import subprocess
from pathlib import Path

import onnx
import yaml
from conftest import Project
from onnx import TensorProto, helper

IDENTITY = ["-c", "user.name=tests", "-c", "user.email=tests@example.com", "-c", "protocol.file.allow=always"]


class Repository(Project):
    """A project under git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *args: str) -> str:
        command = ["git", *IDENTITY, *args]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, message: str = "change") -> str:
        """Everything in the working tree as one commit; its hash."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def models(self, config: str = "nnviz.yaml", **models: str) -> "Repository":
        """A chain of operators for each model, its diagram generated: `net="Relu > Sigmoid"`."""
        place = (self.folder / config).parent
        place.mkdir(parents=True, exist_ok=True)
        for name, operators in models.items():
            (place / f"{name}.onnx").write_bytes(chain(operators))
        entries = {name: {"onnx": f"{name}.onnx"} for name in models}
        (self.folder / config).write_text(yaml.safe_dump({"models": entries}))
        code, said = self.here("generate", "--config", config)
        assert code == 0, said
        return self


def chain(operators: str) -> bytes:
    """An ONNX file with these operators in a row, each in a module of its own name."""
    nodes, value = [], "x"
    words = operators.split(" > ")
    for index, word in enumerate(words):
        op, _, name = word.partition(":")
        result = "y" if index == len(words) - 1 else f"v{index}"
        nodes.append(helper.make_node(op, [value], [result], name=f"/{name or op.lower()}/{op}"))
        value = result
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [2, 4]) for n in ("x", value)]
    graph = helper.make_graph(nodes, "net", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
    return bytes(onnx.shape_inference.infer_shapes(model).SerializeToString())
