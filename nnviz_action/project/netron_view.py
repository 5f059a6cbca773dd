"""`view`: a model's ONNX file in Netron, or Netron's picture of it in a file."""

import logging
from pathlib import Path
from typing import Any

from nnviz_action.config import option
from nnviz_action.config.load import load_config
from nnviz_action.errors import ConfigError, MissingError, ModelError
from nnviz_action.freshness.lock import read_lock
from nnviz_action.freshness.outputs import MODEL, replace
from nnviz_action.project.selection import open_document, select
from nnviz_action.system.files import pointed_at
from nnviz_action.system.install import needs

PICTURES = ("png", "svg")
SECONDS = 600  # that a picture may take: as a model of the config


def view(model: str, config_path: str, port: int | None, browse: bool) -> int:
    """Serve the file, and open the browser, until Ctrl-C."""
    path = onnx_file(model, config_path)
    try:
        import netron  # noqa: PLC0415  # an extra, needed here alone
    except ImportError:
        raise needs("Netron", "netron") from None
    logging.getLogger("netron").setLevel(logging.WARNING)
    try:
        host, port = _serve(netron, path, port)
        print(f"{path.name} of {path.parent.name}: http://{host}:{port}  (Ctrl-C ends it)", flush=True)
        if browse:
            _browse(f"http://{host}:{port}")
        netron.wait()
    except KeyboardInterrupt:
        netron.stop()
    return 0


def save(model: str, config_path: str, target: str) -> int:
    """Write Netron's picture into a file whose name tells the format."""
    form = Path(target).suffix[1:].lower()
    if form not in PICTURES:
        raise ConfigError(f"--save {target}: neither .png nor .svg", hint=f"for example  --save {model}.png")
    path = onnx_file(model, config_path)
    from nnviz_action.render.netron import export  # noqa: PLC0415  # an extra

    drawn = export(path, (form,), SECONDS)
    try:
        replace(Path(target), drawn[form])
    except OSError as error:
        raise ConfigError(f"--save {target}: cannot be written: {error.strerror}") from None
    print(f"wrote {target}")
    return 0


def onnx_file(model: str, config_path: str) -> Path:
    """The file that `model` means: the diagram of a model of the config, or any ONNX file by its path.

    Raises `ConfigError` for an unknown model, `ModelError` where it has no file that can be shown.
    """
    if model.endswith(".onnx"):
        return _given(Path(model))
    spec = select(load_config(open_document(config_path)), [model])[0]
    path = spec.folder / MODEL
    if "forward" not in spec.graphs:
        raise ModelError(f"{model} has no forward graph to show", hint="add forward to its  views:")
    if spec.export == "never":
        raise ModelError(f"{model} has no ONNX file, as its  export: never  asks", hint="export: auto")
    lock = read_lock(spec.folder)
    if lock is not None and "onnx" in lock.failed:
        raise ModelError(
            f"{model} has no ONNX file: {lock.failed['onnx']}", hint="its pictures are drawn without one"
        )
    if not path.is_file():
        raise ModelError(f"{model} has no diagram yet", hint=f"nnviz-action generate{option(config_path)} {model}")
    return _fetched(path)


def _given(path: Path) -> Path:
    if not path.is_file():
        raise ConfigError(f"{path}: no such file", hint="a model of the config goes by its name, without .onnx")
    return _fetched(path.resolve())


def _fetched(path: Path) -> Path:
    with path.open("rb") as file:
        if pointed_at(file.read(1024)):
            raise ModelError(f"{path}: only its Git LFS pointer is here", hint="git lfs pull")
    return path


def _serve(netron: Any, path: Path, port: int | None) -> tuple[str, int]:
    """The host and port of the server. Raises `MissingError` where it cannot listen."""
    try:
        host, found = netron.start(str(path), address=port, browse=False)
    except OSError as error:
        where = f"port {port}" if port else "every port that was tried"
        hint = "another --port, or none: then a free one is taken"
        raise MissingError(f"{where} cannot be listened at: {error.strerror}", hint=hint) from None
    return str(host), int(found)


def _browse(address: str) -> None:
    import webbrowser  # noqa: PLC0415  # only where it opens one

    if not webbrowser.open(address):
        print("no browser could be opened here: open the address by hand", flush=True)
