"""`view`: open a model's ONNX file in Netron."""

from nnviz_action.commands.select import open_document, select
from nnviz_action.config.load import load_config
from nnviz_action.errors import ModelError, needs


def view(name: str, config_path: str) -> int:
    """Serve the file and open the browser, until Ctrl-C."""
    spec = select(load_config(open_document(config_path)), [name])[0]
    path = spec.folder / "model.onnx"
    if not path.is_file():
        raise ModelError(f"{name} has no {path.name} yet", hint=f"nnviz-action generate {name}")
    try:
        import netron  # noqa: PLC0415  # an extra, needed here alone
    except ImportError:
        raise needs("Netron", "netron") from None
    netron.start(str(path))
    netron.wait()
    return 0
