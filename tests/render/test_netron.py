"""Netron's own picture, by Netron in a real Chromium."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import onnx
import pytest
from conftest import ROOT, Project
from onnx import TensorProto, helper
from PIL import Image, ImageChops
from repository import Repository, chain

from nnviz_action.errors import ModelError
from nnviz_action.render.netron import export

RESNET = ROOT / "examples" / "diagrams" / "resnet18" / "model.onnx"
pytestmark = pytest.mark.usefixtures("chromium")


def words(svg: Path) -> Counter[str]:
    return Counter(
        "".join(text.itertext()).strip() for text in ElementTree.parse(svg).iter("{http://www.w3.org/2000/svg}text")
    )


def ink(png: Path) -> tuple[int, int, int, int]:
    """The box of all that is not white, which is on every side within the picture."""
    with Image.open(png) as image:
        white = Image.new("RGB", image.size, "white")
        flat = white.copy()
        flat.paste(image, mask=image.convert("RGBA").getchannel("A"))
        box = ImageChops.difference(flat, white).getbbox()
        assert box is not None and box[0] > 0 and box[1] > 0 and box[2] < image.width and box[3] < image.height
        return box


def test_any_onnx_file_becomes_a_picture(project: Project) -> None:
    for form in ("svg", "png"):
        done = project.run("view", str(RESNET), "--save", f"resnet.{form}")
        assert (done.returncode, done.stdout) == (0, f"wrote resnet.{form}\n"), done.stderr
    found = words(project.folder / "resnet.svg")
    for operator, count in Counter(
        n.op_type for n in onnx.load(RESNET).graph.node if n.op_type != "Constant"
    ).items():
        assert found[operator] == count
    assert found["5×64×20×20"] == 3 and found["5×512"]
    left, top, right, bottom = ink(project.folder / "resnet.png")
    assert bottom - top > 9000 and right - left > 400  # the whole graph, not what a window would show


def test_its_brackets_are_in_the_fonts(project: Project) -> None:
    """Chromium draws every character that no font has as the same box."""
    pictures = []
    for index, name in enumerate(("a〈b〉", "a\U0010fff0b\U0010fff0")):
        value = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in (name, "y")]
        graph = helper.make_graph([helper.make_node("Relu", [name], ["y"])], "g", value[:1], value[1:])
        onnx.save(helper.make_model(graph), project.folder / f"{index}.onnx")
        assert project.run("view", f"{index}.onnx", "--save", f"{index}.png").returncode == 0
        pictures.append((project.folder / f"{index}.png").read_bytes())
    assert pictures[0] != pictures[1]


def test_it_belongs_to_a_diagram_and_is_stale_with_the_graph_alone(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r").models(net="Relu > Sigmoid")
    before = json.loads(repository.read("diagrams/net/lock.json"))
    repository.write({"nnviz.yaml": "models:\n  net: {onnx: net.onnx, render: netron, formats: [svg, png]}\n"})
    assert repository.run("check").returncode == 1
    done = repository.run("generate")
    assert done.returncode == 0, done.stderr
    lock = json.loads(repository.read("diagrams/net/lock.json"))
    assert lock["digests"] == before["digests"]
    assert lock["outputs"].keys() - before["outputs"].keys() == {
        "netron.svg",
        "netron.png",
        "forward.svg",
        "overview.svg",
    }
    assert lock["toolchain"]["netron"].startswith("netron ")
    assert words(repository.folder / "diagrams/net/netron.svg")["Sigmoid"] == 1
    for options in ([], ["--full"]):  # neither needs a browser
        assert (
            repository.run(
                "check", *options, env={"PATH": os.environ["PATH"], "PLAYWRIGHT_BROWSERS_PATH": "/none"}
            ).returncode
            == 0
        )
    (repository.folder / "net.onnx").write_bytes(chain("Relu > Tanh"))
    assert "the forward graph changed" in repository.run("check").stdout
    assert repository.run("generate").returncode == 0
    assert words(repository.folder / "diagrams/net/netron.svg")["Tanh"] == 1
    repository.write({"nnviz.yaml": "models:\n  net: {onnx: net.onnx}\n"})
    assert repository.run("generate").returncode == 0
    assert not list((repository.folder / "diagrams/net").glob("netron.*"))


def test_where_something_is_missing_the_command_is_named(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r").models(net="Relu")
    git = tmp_path / "bin"
    git.mkdir()
    (git / "git").symlink_to(str(shutil.which("git")))
    alone = {"PATH": str(git), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "none")}
    done = repository.run("view", "net", "--save", "net.png", env=alone)
    assert done.returncode == 4 and "apt-get install chromium  or  python -m playwright install" in done.stderr
    for missing in ("netron", "playwright"):
        program = f"import sys; sys.modules['{missing}'] = None; from nnviz_action.cli.main import main; sys.exit(main(['view', 'net', '--save', 'net.png']))"
        gone = subprocess.run(
            [sys.executable, "-c", program], cwd=repository.folder, capture_output=True, text=True, check=False
        )
        assert gone.returncode == 4
        assert f"this needs {missing}\n  pip install 'nnviz-action[netron]'" in gone.stderr
    assert not (repository.folder / "net.png").exists()


def test_what_netron_cannot_read_is_told_in_its_words(project: Project) -> None:
    project.write({"bad.onnx": "this is no model at all, whatever it is called\n"})
    done = project.run("view", "bad.onnx", "--save", "bad.png")
    assert done.returncode == 3
    assert re.match(r"error: Netron cannot draw this: .+", done.stderr) and "Traceback" not in done.stderr


def test_there_is_a_limit_of_time(tmp_path: Path) -> None:
    """In a thread, as a diagram is drawn: Playwright runs once a thread."""
    model = tmp_path / "long.onnx"
    model.write_bytes(chain(" > ".join(["Relu"] * 3000)))
    start = time.monotonic()
    with (
        ThreadPoolExecutor(1) as pool,
        pytest.raises(ModelError, match="Netron had no picture within 1"),
    ):
        pool.submit(export, model, ["png"], 1.5).result()
    assert time.monotonic() - start < 30  # with all the time it needs Netron takes 15 s on two cores


def test_a_model_without_a_forward_graph_cannot_ask_for_it(project: Project) -> None:
    project.write({"nnviz.yaml": "models:\n  m: {model: n:N, inputs: [[1]], views: [autograd], render: netron}\n"})
    done = project.run("check")
    assert done.returncode == 2
    assert (
        "nnviz.yaml:2:" in done.stderr and "Netron draws the forward graph, which  views:  leaves out" in done.stderr
    )
