"""How many of the models that `init` lists in real code bases `generate` draws without an edit.

Usage: python bench/init.py [--work FOLDER] [--try] [NAME]...

Source packages come from PyPI by pip, without their dependencies. Each becomes a fresh git repository, in which only
`init` and `generate` run. torchvision has no source package; the installed one is copied.
"""

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import yaml

PACKAGES = {
    "torchvision": "",
    "timm": "timm==1.0.31",
    "segmentation-models-pytorch": "segmentation-models-pytorch==0.6.0",
    "vit-pytorch": "vit-pytorch==1.26.11",
    "efficientnet-pytorch": "efficientnet-pytorch==0.7.1",
    "denoising-diffusion-pytorch": "denoising-diffusion-pytorch==2.3.4",
    "x-transformers": "x-transformers==2.31.10",
    "perceiver-pytorch": "perceiver-pytorch==0.11.0",
    "conformer": "conformer==0.3.2",
    "ncps": "ncps==1.0.1",
    "pytorch-tcn": "pytorch-tcn==1.2.3",
}
# What these import and torch's own environment lacks; all are pure Python and small.
NEEDED = [
    "einops==0.8.2",
    "einx",
    "loguru",
    "ema-pytorch",
    "accelerate",
    "frozendict",
    "pytorch-fid",
    "scipy",
    "torch-einops-utils",
]
SECONDS = 120  # for one model

# torchvision on PyPI is compiled against the CUDA build of torch: see examples/vision.py.
SITE = """
import sys
class _Declare:
    def find_spec(self, name, path=None, target=None):
        if name == "torchvision":
            sys.meta_path.remove(self)
            import torch
            self.library = torch.library.Library("torchvision", "DEF")
            for operator in ("nms", "qnms"):
                try:
                    self.library.define(operator + "(Tensor a, Tensor b, float c) -> Tensor")
                except RuntimeError:
                    pass
            sys.torchvision_library = self.library
sys.meta_path.insert(0, _Declare())
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "nnviz-bench-init")
    parser.add_argument("--try", dest="trial", action="store_true")
    parser.add_argument("--all", dest="everything", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    site = prepare_site(options.work)
    flags = ["--try", "--jobs", "2"] * options.trial + ["--all"] * options.everything
    rows = [measure(name, options.work, site, flags) for name in options.names or PACKAGES]
    print("| code base | Python files | classes | scan | listed | drawn unedited | | outlines, or as comments |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")


def prepare_site(work: Path) -> Path:
    """A folder for PYTHONPATH with what the code bases import."""
    site = work / "site"
    if not site.exists():
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(site), *NEEDED]
        subprocess.run(command, check=True)
    (site / "sitecustomize.py").write_text(SITE)
    return site


def prepare(name: str, work: Path) -> Path:
    """The code base as a fresh repository."""
    folder = work / name
    shutil.rmtree(folder, ignore_errors=True)
    if PACKAGES[name]:
        unpack(PACKAGES[name], work, folder)
    else:
        found = importlib.util.find_spec(name)
        assert found is not None and found.submodule_search_locations
        shutil.copytree(found.submodule_search_locations[0], folder / name, ignore=shutil.ignore_patterns("*.pyc"))
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


def unpack(requirement: str, work: Path, folder: Path) -> None:
    store = work / "downloads" / requirement
    if not store.exists():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", requirement]
        subprocess.run([*command, "-d", str(store)], check=True)
    with tarfile.open(next(store.glob("*.tar.gz"))) as archive:
        archive.extractall(work / "unpacked", filter="data")
        top = archive.getnames()[0].partition("/")[0]
    shutil.move(work / "unpacked" / top, folder)


def measure(name: str, work: Path, site: Path, flags: list[str]) -> tuple[object, ...]:
    folder = prepare(name, work)
    environment = {**os.environ, "PYTHONPATH": str(site), "HF_HUB_OFFLINE": "1"}
    start = time.monotonic()
    init = run(folder, environment, "init", *flags)
    seconds = time.monotonic() - start
    files, classes = map(int, re.findall(r"^(\d+) Python files, (\d+) classes", init.stdout)[0])
    print(init.stdout, init.stderr, flush=True)
    config = folder / "nnviz.yaml"
    if not config.exists():
        return (name, files, classes, f"{seconds:.1f} s", 0, 0, "", "")
    listed = yaml.safe_load(config.read_text())["models"]
    done = run(folder, environment, "generate", "--jobs", "2", "--timeout", str(SECONDS))
    print(done.stdout, re.sub(r"(?m)^(?!error|    ).*\n", "", done.stderr), flush=True)
    drawn = [m for m in listed if (folder / "diagrams" / m / "lock.json").is_file()]
    outlines = len(re.findall(r"(?m)^  # [\w.+-]+:$", config.read_text()))
    share = f"{100 * len(drawn) / len(listed):.0f} %"
    return (name, files, classes, f"{seconds:.1f} s", len(listed), len(drawn), share, outlines)


def run(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nnviz_action", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    main()
