"""Weights are not fetched: no diagram shows them. What would load some gets an empty stand-in instead.

It is a dict without keys in which every one is found, and `load_state_dict` takes it, and what was made of it, for
what it wants. Who does anything else with it hears why there are no weights.
"""

import importlib.machinery
import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import FrameType, ModuleType, TracebackType
from typing import Any

import torch
from torch import nn

from nnviz_action.capture.cures import cure
from nnviz_action.capture.private import ALL_MATCHED
from nnviz_action.capture.refused import RefusedError

_HUB = "huggingface_hub.file_download"
_OF_WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".pth.tar", ".th")
_BY_NAME = ("torchvision", "timm", "torch.utils.model_zoo")  # packages that may have been imported before
_HEADER = b'{"__metadata__":{"format":"pt"}}'  # of a file of safetensors without tensors
_EMPTY = len(_HEADER).to_bytes(8, "little") + _HEADER


class WeightsError(RefusedError, AttributeError):
    """Weights that are not here are used for something other than `load_state_dict`."""


class StandIn(dict[Any, Any]):
    """Stands for weights that are not here; `error` says why, as if it were raised where they are asked for."""

    given = False  # one was: what is empty may have been made of it

    def __init__(self, message: str) -> None:
        super().__init__()
        StandIn.given = True
        self.__dict__["error"] = _raised_here(WeightsError(message, hint=cure(message)))

    def __missing__(self, key: Any) -> "StandIn":
        return self

    def __delitem__(self, key: Any) -> None:
        """Whatever is not there, is not there."""

    def __getattr__(self, name: str) -> Any:
        raise self.error if not name.startswith("_") else AttributeError(name)

    def pop(self, key: Any, *default: Any) -> Any:
        """As of a dict that has the key."""
        return default[0] if default else self

    def copy(self) -> "StandIn":
        """It never changes."""
        return self

    def __reduce__(self) -> Any:  # a deep copy
        return StandIn, (self.error.message,)


def _raised_here(error: WeightsError) -> WeightsError:
    """With the frames that are running, from the outside in."""
    trace: TracebackType | None = None
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        trace, frame = TracebackType(trace, frame, frame.f_lasti, frame.f_lineno), frame.f_back
    return error.with_traceback(trace)


def stand_in_for_weights(folder: Path) -> None:
    """From now on, for the rest of this process. Files that stand for some are made in `folder`."""
    _replace_loads(torch.hub.load_state_dict_from_url, _not_fetched)
    _replace_loads(torch.hub.download_url_to_file, lambda url, dst, *_, **__: None)
    torch.load = _loading(torch.load)
    for owner, result in ((nn.Module, ALL_MATCHED), (torch.optim.Optimizer, None)):
        setattr(owner, "load_state_dict", _taking(owner.load_state_dict, result))  # noqa: B010  # a method
    sys.meta_path.insert(0, _Hub(folder))


def _not_fetched(url: str, *_: Any, **__: Any) -> StandIn:
    return StandIn(f"URLError: the weights at {url} are not fetched")


def _replace_loads(function: Callable[..., Any], instead: Callable[..., Any]) -> None:
    """In torch.hub, and wherever else it has been imported to by name."""
    torch.hub.__dict__[function.__name__] = instead
    for name, module in list(sys.modules.items()):
        if name.startswith(_BY_NAME):
            for key, value in list(vars(module).items()):
                if value is function:
                    setattr(module, key, instead)


def _loading(load: Callable[..., Any]) -> Callable[..., Any]:
    def stands_in(f: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return load(f, *args, **kwargs)
        except (FileNotFoundError, NotADirectoryError) as error:
            return StandIn(f"{type(error).__name__}: {error}")

    return stands_in


def _taking(load_state_dict: Callable[..., Any], result: Any) -> Callable[..., Any]:
    def takes(self: Any, state_dict: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(state_dict, StandIn) or (StandIn.given and not state_dict):
            return result
        return load_state_dict(self, state_dict, *args, **kwargs)

    return takes


class _Hub(MetaPathFinder):
    """Weights from Hugging Face's hub become files without any, once that library is imported."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """As `MetaPathFinder` has it."""
        spec = importlib.machinery.PathFinder.find_spec(name, path) if name == _HUB else None
        if spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            run(module)
            module.hf_hub_download = self._downloading(module.hf_hub_download)  # type: ignore[attr-defined]

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec

    def _downloading(self, download: Callable[..., Any]) -> Callable[..., Any]:
        def stands_in(repo_id: str, filename: str, *args: Any, **kwargs: Any) -> Any:
            if not filename.endswith(_OF_WEIGHTS):
                return download(repo_id, filename, *args, **kwargs)
            StandIn.given = True
            if not filename.endswith(".safetensors"):
                return f"{os.devnull}/{filename}"  # where nothing can be put: `torch.load` knows what to do
            path = self._folder / f"{os.urandom(8).hex()}.safetensors"  # a name that no other model knows
            with path.open("xb") as file:
                file.write(_EMPTY)
            return str(path)

        return stands_in
