"""The line of the user's code that called a function of torch."""

import os
import sys
import sysconfig
from pathlib import Path
from types import CodeType, FrameType

import torch

_TORCH = str(Path(torch.__file__).parent) + os.sep
_OURS = str(Path(__file__).parents[2]) + os.sep
_PYTHON = tuple(sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib"))
_SITES = ("site-packages", "dist-packages")
USER, PACKAGE, INNER = "user", "package", "inner"


class Lines:
    """Tells where in the user's code the program is; what is known of a piece of code is kept."""

    def __init__(self, root: str) -> None:
        self._root = Path(root).resolve()
        self._codes: dict[CodeType, tuple[str, str]] = {}

    def here(self) -> str:
        """`model.py:12`, or `model.py:12 timm/layers/mlp.py:40` for a call in an installed package."""
        frame: FrameType | None = sys._getframe(1)
        package = ""
        while frame is not None:
            kind, path = self._code(frame.f_code)
            if kind == USER:
                return f"{path}:{frame.f_lineno} {package}".rstrip()
            if kind == PACKAGE and not package:
                package = f"{path}:{frame.f_lineno}"
            frame = frame.f_back
        return package

    def frames(self) -> list[FrameType]:
        """The frames of the user's and of packages' code, innermost first."""
        found = []
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            if self._code(frame.f_code)[0] != INNER:
                found.append(frame)
            frame = frame.f_back
        return found

    def _code(self, code: CodeType) -> tuple[str, str]:
        if code not in self._codes:
            self._codes[code] = self._classify(code.co_filename)
        return self._codes[code]

    def _classify(self, file: str) -> tuple[str, str]:
        if file.startswith(("<", _TORCH, _OURS)):
            return INNER, ""
        path = Path(file)
        for site in _SITES:
            if site in path.parts:
                parts = path.parts
                return PACKAGE, "/".join(parts[len(parts) - parts[::-1].index(site) :])
        if file.startswith(_PYTHON):
            return INNER, ""
        path = path.resolve()
        return (USER, path.relative_to(self._root).as_posix()) if path.is_relative_to(self._root) else (INNER, "")
