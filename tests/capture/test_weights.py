"""Weights are not fetched: what asks for some is drawn as it is without them."""

import json
from importlib.util import find_spec

import pytest
from conftest import Project

pytestmark = pytest.mark.torch
CODE = """
import urllib.request
import torch
from torch import nn
from torch.hub import load_state_dict_from_url
from torch.utils.model_zoo import load_url

URL = "https://example.com/net.pt"

def plain():
    return nn.Sequential(nn.Linear(4, 3), nn.ReLU())

def by_name():
    net = plain()
    net.load_state_dict(load_state_dict_from_url(URL))
    return net

def by_zoo():
    net = plain()
    net.load_state_dict(load_url(URL)["model"], strict=True)
    return net

def renamed():
    net = plain()
    state = torch.hub.load_state_dict_from_url(URL)["state_dict"]
    state.pop("fc.weight")
    del state["fc.bias"]
    net.load_state_dict({key.removeprefix("module."): value for key, value in state.items()})
    return net

def from_a_file_that_is_gone():
    net = plain()
    saved = torch.load("checkpoints/best.pt", map_location="cpu")
    net.load_state_dict(saved.get("ema", saved))
    torch.optim.SGD(net.parameters(), 0.1).load_state_dict(saved["optimizer"])
    return net

def fetched_before():
    torch.hub.download_url_to_file(URL, "net.pt")
    net = plain()
    net.load_state_dict(torch.load("net.pt"))
    return net

def of_the_hub():
    from huggingface_hub import hf_hub_download
    from safetensors.torch import load_file
    net = plain()
    net.load_state_dict(load_file(hf_hub_download("somebody/net", "model.safetensors")))
    net.load_state_dict(torch.load(hf_hub_download("somebody/net", "pytorch_model.bin")))
    return net

def other():
    net = plain()
    net.load_state_dict({"0.weight": torch.zeros(1, 1)})
    return net

def goes_on_without():
    try:
        urllib.request.urlopen("https://example.com")
    except OSError:
        return plain()

def at_home():
    import socket
    with socket.socket() as there, socket.socket() as here:
        there.bind(("127.0.0.1", 0))
        there.listen()
        here.connect(there.getsockname())
    return plain()
"""
DRAWN = [
    "plain",
    "by_name",
    "by_zoo",
    "renamed",
    "from_a_file_that_is_gone",
    "fetched_before",
    "goes_on_without",
    "at_home",
]


def project_of(project: Project, names: list[str], **entry: object) -> Project:
    models = {name: {"model": f"net.py:{name}", "inputs": [[2, 4]], **entry} for name in names}
    config = {"defaults": {"views": ["forward"], "export": "never"}, "models": models}
    return project.write({"net.py": CODE, "nnviz.yaml": json.dumps(config)})


def digests(project: Project, names: list[str]) -> set[str]:
    return {json.loads(project.read(f"diagrams/{name}/lock.json"))["digests"]["forward"] for name in names}


def test_who_asks_for_weights_is_drawn_as_without(project: Project) -> None:
    hub = ["of_the_hub"] if find_spec("huggingface_hub") and find_spec("safetensors") else []
    done = project_of(project, [*DRAWN, *hub]).run("generate", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert len(digests(project, [*DRAWN, *hub])) == 1
    assert not (project.folder / "net.pt").exists()


def test_weights_that_are_here_are_still_checked(project: Project) -> None:
    done = project_of(project, ["other"]).run("generate")
    assert done.returncode == 3 and "Error(s) in loading state_dict" in done.stderr


def test_who_keeps_weights_may_fetch_them(project: Project) -> None:
    done = project_of(project, ["from_a_file_that_is_gone"], weights="keep").run("generate")
    assert done.returncode == 3 and "No such file or directory: 'checkpoints/best.pt'" in done.stderr
