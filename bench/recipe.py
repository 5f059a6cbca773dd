"""Recipes 1 to 3 done by hand on resnet18, in one script: what `generate` is measured against.

Usage: python bench/recipe.py FOLDER
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))

import onnx
import torch
import torchviz
from vision import resnet18


def main(folder: Path) -> None:
    """Export with the default optimiser, infer shapes, save; draw the autograd graph as PNG."""
    model = resnet18().eval()
    image = torch.randn(5, 3, 40, 40)
    torch.onnx.export(model, (image,), folder / "resnet18.onnx", dynamo=True, external_data=False, verbose=False)
    onnx.save(onnx.shape_inference.infer_shapes(onnx.load(folder / "resnet18.onnx")), folder / "resnet18.onnx")
    model.train()
    dot = torchviz.make_dot(model(image).mean(), params=dict(model.named_parameters()))
    _render(dot.source, folder / "resnet18.png")


def _render(source: str, path: Path) -> None:
    """As `dot.render` would, with the Graphviz in a wheel, which `make bench` installs."""
    import pygraphviz

    path.write_bytes(pygraphviz.AGraph(string=source).draw(prog="dot", format="png"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
