"""What is spoilt around a project. Each function spoils it and gives what stands before the command, or how it starts."""

import os
import resource
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from repository import Repository, chain

HIDE = """
import importlib.machinery
find = importlib.machinery.PathFinder.find_spec
importlib.machinery.PathFinder.find_spec = lambda name, *rest: None if name in HIDDEN else find(name, *rest)
"""
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@dataclass
class Spoilt:
    """How the command starts: words before it, the folder, the environment, and what else `subprocess.run` takes."""

    before: Sequence[str] = ()
    folder: Path | None = None
    env: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


def no_config(project: Repository) -> Spoilt:
    (project.folder / "nnviz.yaml").unlink()
    return Spoilt()


def in_a_subfolder(project: Repository) -> Spoilt:
    (project.folder / "src" / "nets").mkdir(parents=True)
    return Spoilt(folder=project.folder / "src" / "nets")


def from_above(project: Repository) -> Spoilt:
    return Spoilt(folder=project.folder.parent)


def latin1(project: Repository) -> Spoilt:
    (project.folder / "nnviz.yaml").write_bytes("models:\n  réseau: {onnx: net.onnx}\n".encode("latin-1"))
    return Spoilt()


def lfs_pointer(project: Repository) -> Spoilt:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 7\n"
    project.write({"net.onnx": pointer})
    return Spoilt()


def no_torch(project: Repository) -> Spoilt:
    project.write({"nnviz.yaml": "models:\n  net: {model: net:Net, inputs: [[1, 4]]}\n"})
    return _hidden(project, "torch")


def old_torch(project: Repository) -> Spoilt:
    """One of a version that is not supported."""
    told = "Metadata-Version: 2.1\nName: torch\nVersion: 2.6.0+cpu\n"
    project.write({"other/torch-2.6.0.dist-info/METADATA": told, "other/torch-2.6.0.dist-info/RECORD": ""})
    return _another_torch(project, "from torch import nn\n")


def lacking_torch(project: Repository) -> Spoilt:
    """One that lacks what we need of it."""
    return _another_torch(project, "from torch import nn\n")


def broken_torch(project: Repository) -> Spoilt:
    return _another_torch(project, "raise ImportError('libtorch_cpu.so: cannot open shared object file')\n")


def _another_torch(project: Repository, code: str) -> Spoilt:
    project.write({"nnviz.yaml": "models:\n  net: {model: net:Net, inputs: [[1, 4]]}\n"})
    project.write({"other/torch/__init__.py": code, "other/torch/nn.py": "class Module: pass\n"})
    return Spoilt(env={"PYTHONPATH": str(project.folder / "other")})


def no_onnx(project: Repository) -> Spoilt:
    no_diagrams(project)
    return _hidden(project, "onnx")


def _hidden(project: Repository, *names: str) -> Spoilt:
    """Without these packages, as if they were not installed."""
    project.write({"hidden/sitecustomize.py": f"HIDDEN = {names}\n{HIDE}"})
    return Spoilt(env={"PYTHONPATH": str(project.folder / "hidden")})


def no_git(project: Repository) -> Spoilt:
    shutil.rmtree(project.folder / ".git")
    return Spoilt()


def git_not_installed(project: Repository) -> Spoilt:
    return Spoilt(env={"PATH": str(project.folder)})


def no_commit(project: Repository) -> Spoilt:
    no_git(project)
    project.git("init", "-q")
    return Spoilt()


def shallow(project: Repository) -> Spoilt:
    project.git("tag", "v1.0")
    project.commit()
    project.git("clone", "-q", "--depth", "1", "--no-tags", project.folder.as_uri(), "../clone")
    clone = project.folder.parent / "clone"
    subprocess.run(["git", "remote", "remove", "origin"], cwd=clone, check=True)
    return Spoilt(folder=clone)


def ignored(project: Repository) -> Spoilt:
    project.git("rm", "-r", "-q", "--cached", "diagrams")
    project.write({".gitignore": "diagrams/\n"})
    return Spoilt()


def no_diagrams(project: Repository) -> Spoilt:
    shutil.rmtree(project.folder / "diagrams")
    return Spoilt()


def conflict(project: Repository) -> Spoilt:
    text = project.read("diagrams/net/lock.json")
    project.write({"diagrams/net/lock.json": f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> branch\n"})
    return Spoilt()


def file_in_the_way(project: Repository) -> Spoilt:
    no_diagrams(project)
    project.write({"diagrams": "here are no diagrams\n"})
    return Spoilt()


def no_permission(project: Repository) -> Spoilt:
    no_diagrams(project)
    (project.folder / "diagrams").mkdir()
    return _forbidden(project.folder / "diagrams", 0o555)


def unreadable_source(project: Repository) -> Spoilt:
    return _forbidden(project.folder / "net.onnx", 0)


def unreadable_lock(project: Repository) -> Spoilt:
    return _forbidden(project.folder / "diagrams" / "net" / "lock.json", 0)


def unreadable_config(project: Repository) -> Spoilt:
    return _forbidden(project.folder / "nnviz.yaml", 0)


def _forbidden(path: Path, mode: int) -> Spoilt:
    """Rights hold for root only where it gives up the privilege to pass over them."""
    path.chmod(mode)
    if ROOT and not shutil.which("setpriv"):
        pytest.skip("root, and no setpriv: rights do not hold")
    return Spoilt(["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if ROOT else [])


def read_only(project: Repository) -> Spoilt:
    return _mounted(project, "ro", "diagrams")


def full_disk(project: Repository) -> Spoilt:
    return _mounted(project, "size=4k", "diagrams", fill=True)


def full_temporary(project: Repository) -> Spoilt:
    no_diagrams(project)
    (project.folder / "net.onnx").write_bytes(chain(" > ".join(["Relu"] * 200)))  # more than the one page there is
    spoilt = _mounted(project, "size=4k", "tmp")
    return Spoilt(spoilt.before, env={"TMPDIR": str(project.folder / "tmp")})


def no_temporary(project: Repository) -> Spoilt:
    no_diagrams(project)
    project.write(
        {"hidden/sitecustomize.py": "import tempfile\ntempfile._candidate_tempdir_list = lambda: ['/proc']\n"}
    )
    return Spoilt(env={"PYTHONPATH": str(project.folder / "hidden")})


def _mounted(project: Repository, options: str, folder: str, fill: bool = False) -> Spoilt:
    """A file system of its own on a folder, which the command alone sees."""
    path = project.folder / folder
    path.mkdir(exist_ok=True)
    script = f"mount -t tmpfs -o {options} tmpfs {folder} && {'head -c 4096 /dev/zero > ' + folder + '/x;' if fill else ''}"
    before = ["unshare", "-rm", "sh", "-c", f'{script} exec "$@"', "sh"]
    tried = subprocess.run([*before, "true"], cwd=project.folder, capture_output=True, check=False)
    if tried.returncode:
        pytest.skip(f"no mounts here: {tried.stderr.decode().strip()}")
    return Spoilt(before)


def full_stdout(project: Repository) -> Spoilt:
    return Spoilt(options={"stdout": os.open("/dev/full", os.O_WRONLY)})


def small_files(project: Repository) -> Spoilt:
    no_diagrams(project)
    return Spoilt(options={"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))})


def few_files(project: Repository) -> Spoilt:
    return Spoilt(options={"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (5, 5))})
