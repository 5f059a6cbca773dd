"""The config, and whether the files of its models are there. No model is imported."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from nnviz_action.config import Config, ModelSpec
from nnviz_action.errors import NnvizError
from nnviz_action.setup.doctor.finding import Finding, broken, ok


def config(shown: str, found: Config | NnvizError) -> Iterator[Finding]:
    """Of a config, or of the error in its place."""
    if isinstance(found, NnvizError):
        yield broken("config", found.message, found.hint or "")
        return
    lost = [f"{spec.name}: {why}" for spec in found.models if (why := _lost(spec, found.folder))]
    if lost:
        yield broken(
            "config", f"{shown}: {'; '.join(lost)}", f"correct it in {shown}, or name its folder in  pythonpath:"
        )
    else:
        count = len(found.models)
        yield ok("config", f"{shown} is valid, the files of {count} model{'s' * (count > 1)} are there")


def _lost(spec: ModelSpec, base: Path) -> str:
    """What is not where the entry says it is, empty where all is."""
    if spec.onnx is not None:
        return "" if (base / spec.onnx).is_file() else f"there is no {spec.onnx}"
    place = (spec.model or "").rpartition(":")[0]
    if place.endswith(".py"):
        return "" if (base / place).is_file() else f"there is no {place}"
    top = place.partition(".")[0]
    folders = [base / path for path in spec.pythonpath]
    here = any((folder / top).is_dir() or (folder / f"{top}.py").is_file() for folder in folders)
    return "" if here or _installed(top) else f"there is no module {top}"


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False
