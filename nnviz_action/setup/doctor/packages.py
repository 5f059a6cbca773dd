"""Python, and the packages that the extras bring."""

import platform
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from nnviz_action.render import netron
from nnviz_action.render.netron import system_browser
from nnviz_action.setup.doctor.finding import Finding, broken, ok, optional
from nnviz_action.setup.doctor.probe import Imported, imports
from nnviz_action.system.install import install_command, newer_command, reinstall_command, torch_command
from nnviz_action.system.installed import build, cuda_bytes, least, older, torch_wanted_by, version

EXTRAS = {"onnx": "render", "resvg": "render", "torch": "torch", "onnxscript": "torch", "torchviz": "torch"}
FOR = {
    "onnx": "generate, diff and reports need it",
    "resvg": "generate needs it, and pictures of what changed",
    "torch": "generate needs it, and check where a source changed",
    "onnxscript": "generate needs it",
    "torchviz": "generate needs it",
}
# What uses them is imported, and with it what they need: torchviz needs distutils, for which that one stands in.
MODULES = {"torchviz": "nnviz_action.capture.autograd", "resvg": "nnviz_action.render.png"}


def packages() -> Iterator[Finding]:
    """All of them, those that are installed really imported."""
    yield ok("Python", platform.python_version())
    names = [name for name in (*EXTRAS, "torchvision") if version(name)]
    found = imports([MODULES.get(name, name) for name in names])
    went = {name: found.get(MODULES.get(name, name), Imported("an import before it failed")) for name in names}
    yield from (_package(name, extra, went) for name, extra in EXTRAS.items())
    if version("torch") and version("torchvision"):
        yield _torchvision(went["torchvision"])
    yield from _cuda(went)
    yield _fonts()
    yield _netron()


def _package(name: str, extra: str, went: Mapping[str, Imported]) -> Finding:
    installed, oldest = version(name), least(name)
    if not installed:
        # Without torch this is a place for checks alone; with torch it is meant to draw.
        missing = broken if "torch" in went or (name == "torch" and "torchviz" in went) else optional
        return missing(name, f"not installed: {FOR[name]}", install_command(f"nnviz-action[{extra}]"))
    if older(installed, oldest):
        return broken(name, f"{installed} is older than {oldest}", newer_command(name, oldest))
    if went[name].error:
        cure = torch_command() if name == "torch" else reinstall_command(name)
        return broken(name, f"{installed}: {went[name].error}", cure)
    return ok(name, installed)


def _torchvision(went: Imported) -> Finding:
    """A torchvision that was built for another torch fails only where its operators are needed, or on import."""
    torch, own = version("torch"), version("torchvision")
    builds, wanted = (build(torch), build(own)), torch_wanted_by("torchvision")
    oldest = least("torch")
    cure = newer_command("torch", oldest) if older(torch, oldest) else torch_command()
    if all(builds) and builds[0] != builds[1]:
        return broken("torchvision", f"{own} and torch {torch} are of different builds", cure)
    if wanted and wanted != torch.partition("+")[0]:
        return broken("torchvision", f"{own} was built for torch {wanted}, and this is {torch}", cure)
    if "operator torchvision::" in went.error:
        return broken("torchvision", f"{own} and torch {torch} are of different builds: {went.error}", cure)
    if went.error:
        return broken("torchvision", f"{own}, with torch {torch}: {went.error}", cure)
    return ok("torchvision", own)


def _cuda(went: Mapping[str, Imported]) -> Iterator[Finding]:
    torch = went.get("torch", Imported())
    if torch.cuda and not torch.gpu:
        size = cuda_bytes() / 1e9
        amount = f"without it {size:.1f} GB less to install" if size >= 0.1 else "a build for the CPU is smaller"
        said = f"torch is built for CUDA {torch.cuda}, and there is no GPU here: {amount}"
        yield optional("CUDA", said, "see https://pytorch.org/get-started/locally: compute platform CPU")


def _fonts() -> Finding:
    folder = Path(netron.__file__).parent / "fonts"
    sizes = [path.stat().st_size for path in folder.glob("*.[ot]tf")]
    if not sizes or not all(sizes) or not (folder / "DejaVuSans.ttf").exists():
        return broken("fonts", "bundled fonts are missing", reinstall_command("nnviz-action"))
    return ok("fonts", f"{len(sizes)} bundled")


def _netron() -> Finding:
    missing = [name for name in ("netron", "playwright") if not version(name)]
    if missing:
        said = f"{' and '.join(missing)} not installed: view and render: netron need it"
        return optional("netron", said, install_command("nnviz-action[netron]"))
    browser = system_browser()
    if not browser:
        said = f"{version('netron')}; no Chromium on the PATH: render: netron needs one"
        cure = f"{'apt-get install chromium' if shutil.which('apt-get') else 'python -m playwright install chromium'}"
        return optional("netron", said, cure)
    return ok("netron", f"{version('netron')}, with {browser}")
