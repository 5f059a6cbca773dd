"""One model, asked: the first way to build it for which inputs are found."""

import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import nn

from nnviz_action.capture.asking.construct import (
    Call,
    as_config_has_it,
    building,
    call_of,
    module_of,
    run_code,
)
from nnviz_action.capture.asking.first import Facts, facts_of
from nnviz_action.capture.asking.search import Passed, search
from nnviz_action.capture.asking.signature import UntoldError
from nnviz_action.capture.asking.values import State, observed, written
from nnviz_action.capture.failure import describe, reason
from nnviz_action.capture.target import TargetError
from nnviz_action.errors import ModelError

Emit = Callable[[Mapping[str, Any]], None]
# With other weights it would be the same.
_FINAL = (UntoldError, ImportError, SyntaxError, TargetError, OSError, SystemExit, KeyError, ModelError)
_BY_VALUES = ("DataDependent", "DynamicOutputShape", "UnsupportedOperator", "NotImplementedError", "FakeTensor")


def ask(request: Mapping[str, Any], emit: Emit) -> None:
    """Try the ways of `request["ways"]` in their order, and tell of the first that works, or of what failed first.

    The seconds of `request["seconds"]` are for all of them.
    """
    until = time.monotonic() + request["seconds"]
    failures: list[dict[str, Any]] = []
    for number, way in enumerate(request["ways"]):
        left = until - time.monotonic()
        if left <= 0:
            break
        answer = _try(way, request, left)
        if "inputs" in answer:
            emit({"event": "answer", "way": number, **answer})
            emit({"event": "done"})
            return
        failures.append(answer)
    emit({"event": "answer", "way": -1, **_told(failures)})
    emit({"event": "done"})


def _told(failures: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The failure that tells most: that of a model which was built, before one that was not."""
    order = sorted(failures, key=lambda failure: (not failure["built"], failure["untold"]))
    return order[0] if order else {"failure": "the time was up", "frames": [], "hint": None}


def _try(way: Mapping[str, Any], request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The answer for one way to build the model: with weights on no device, or else with real ones."""
    failed: dict[str, Any] = {}
    for weights in ("meta", "fake", "real"):
        begun = time.monotonic()
        try:
            call, module, mode, taken = _built(way, request, weights)
        except (Exception, SystemExit) as error:
            failed = failed or _failure(error, request, built=False)
            if isinstance(error, _FINAL):
                break
            continue
        facts = facts_of(module, _bound(call), request["sizes"])
        passed = search(module, mode, facts, list(_shown(way, module)), seconds / 2)
        if passed.failure is None:
            return _answer(call, module, passed, taken, facts, len(list(_shown(way, module))))
        failed = _failure(passed.failure.error, request, built=True) if not failed.get("built") else failed
        seconds -= time.monotonic() - begun
        if not any(word in passed.failure.text for word in _BY_VALUES) and weights == "meta":
            break
    return failed


def _built(way: Mapping[str, Any], request: Mapping[str, Any], weights: str) -> tuple[Call, nn.Module, Any, str]:
    with building(weights):
        call = call_of(way, request["folder"])
        if call.is_plain:
            try:
                plain = as_config_has_it(call, request["folder"])
                return plain, *module_of(plain, weights)
            except Exception:
                if plain == call:
                    raise
                call = replace(call, is_exact=True)
        return call, *module_of(call, weights)


def _bound(call: Call) -> dict[str, Any]:
    try:
        bound = inspect.signature(call.callee).bind(*call.args, **call.kwargs)
        bound.apply_defaults()
    except (TypeError, ValueError):
        return dict(call.kwargs)
    return {**bound.arguments, **bound.arguments.get("kwargs", {})}


def _shown(way: Mapping[str, Any], module: nn.Module) -> Sequence[State]:
    """What the repository calls it with, where its code for that runs by itself."""
    if not way["inputs"]:
        return []
    try:
        args, kwargs = run_code(way["inputs"], way["inputs_place"])
        bound = inspect.signature(module.forward).bind(*args, **kwargs)
        found: dict[str, Any] = {}
        for name, value in bound.arguments.items():
            kind = bound.signature.parameters[name].kind
            if kind is inspect.Parameter.VAR_POSITIONAL:
                found |= {f"{name}_{index}": observed(child) for index, child in enumerate(value)}
            elif kind is inspect.Parameter.VAR_KEYWORD:
                found |= {key: observed(child) for key, child in value.items()}
            else:
                found[name] = observed(value)
        return [found]
    except (Exception, SystemExit):
        return []


def _answer(call: Call, module: nn.Module, passed: Passed, taken: str, facts: Facts, shown: int) -> dict[str, Any]:
    plain = call.is_plain and not taken
    inputs = {name: written(value) for name, value in passed.state.items()}
    starred = [
        p.name for p in (facts.signature.parameters.values() if facts.signature else ()) if p.kind is p.VAR_POSITIONAL
    ]
    positional = len(inputs) <= 1 or any(name.rpartition("_")[0] in starred for name in inputs)
    return {
        "plain": plain,
        "args": list(call.args) if plain else [],
        "kwargs": dict(call.kwargs) if plain else {},
        "more": {name: a.text for name, a in call.made.items()},
        "imports": sorted({i for a in call.made.values() for i in a.imports}),
        "guessed": list(call.guessed),
        "taken": taken,
        "inputs": list(inputs.values()) if positional else inputs,
        "shown": bool(shown) and passed.calls <= shown,
        "calls": passed.calls,
        "free": {name: list(axes) for name, axes in passed.free.items()},
        "class": type(module).__name__,
        "weights": sum(p.numel() for p in module.parameters()),
    }


def _failure(error: BaseException, request: Mapping[str, Any], built: bool) -> dict[str, Any]:
    if isinstance(error, UntoldError):
        return {
            "failure": f"nothing tells its arguments {error}",
            "frames": [],
            "hint": None,
            "built": built,
            "untold": True,
        }
    told = describe(error, Path(request["root"]), {})
    return {
        "failure": reason(error),
        "frames": told["frames"],
        "hint": told["hint"],
        "built": built,
        "untold": False,
    }
