"""Building a model as its repository does: by code that was cut out of it, or by a signature."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import nn
from torch.fx.experimental.symbolic_shapes import ShapeEnv

from nnviz_action.capture.asking.signature import Argument, arguments_of, parameters_of
from nnviz_action.capture.asking.values import is_plain, listed
from nnviz_action.capture.build import fake_weights, seed, weightless
from nnviz_action.capture.eager import uncompiled, unwrapped
from nnviz_action.capture.private import FakeTensorMode, import_early
from nnviz_action.capture.recorder.legacy import legacy_constructors
from nnviz_action.capture.recorder.recipes import listening
from nnviz_action.capture.target import TargetError, load_target
from nnviz_action.capture.weights import StandIn

FUNCTION = "make"  # the name of the function in a piece of code


@dataclass(frozen=True)
class Call:
    """What is called to make the model, and with what."""

    callee: Callable[..., Any]
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    made: Mapping[str, Argument] = field(default_factory=dict)  # arguments that the repository does not tell
    guessed: tuple[str, ...] = ()
    is_exact: bool = False  # it does not take lists for tuples

    @property
    def is_plain(self) -> bool:
        """Whether a config holds its arguments."""
        return not self.is_exact and is_plain(list(self.args)) and is_plain(dict(self.kwargs))


def call_of(way: Mapping[str, Any], folder: Path) -> Call:
    """The call that a way to build the model stands for. Raises what the repository's code raises, `UntoldError`."""
    if not way["code"]:
        callee = load_target(way["target"], folder)
        return _completed(callee, (), {})
    callee, args, kwargs = run_code(way["code"], way["place"])
    return _completed(callee, args, kwargs)


def _completed(callee: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Call:
    """With what must be given beside; weights that would be fetched are left out."""
    names = list(_positional(callee))[: len(args)]
    arguments = arguments_of(callee, {*names, *kwargs})
    given = {name: argument.value for name, argument in arguments.given.items()}
    return Call(callee, list(args), {**kwargs, **given}, arguments.given, tuple(arguments.guessed))


def _positional(callee: Callable[..., Any]) -> Iterator[str]:
    for name, parameter in parameters_of(callee).items():
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            yield name


def run_code(code: str, place: str) -> Any:
    """What the function in this code returns."""
    names: dict[str, Any] = {"__name__": "nnviz_models"}
    exec(compile(code, f"<{place}>", "exec"), names)  # code of the repository, in the model's process
    return names[FUNCTION]()


@contextmanager
def building(way: str) -> Iterator[None]:
    """As `capture.build` builds: nothing is compiled, on the meta device no weights are made."""
    import_early()
    seed()
    old = legacy_constructors() if way == "meta" else nullcontext()
    with old, uncompiled(), listening(), weightless(way):
        yield


def module_of(call: Call, way: str) -> tuple[nn.Module, FakeTensorMode | None, str]:
    """The model, the mode in which it must be called, and how it is taken out of what the call gives: `[0]`."""
    seed()
    found, taken = _picked(call.callee(*call.args, **call.kwargs))
    module = unwrapped(found).eval()
    if way == "real":
        return module, None, taken
    mode = FakeTensorMode(allow_non_fake_inputs=True, shape_env=ShapeEnv())
    with mode:
        fake_weights(module)
    return module, mode, taken


def _picked(made: Any) -> tuple[nn.Module, str]:
    if isinstance(made, nn.Module):
        return made, ""
    if isinstance(made, StandIn):
        raise made.error
    pairs = made.items() if isinstance(made, dict) else enumerate(made) if isinstance(made, (list, tuple)) else ()
    for key, value in pairs:
        if isinstance(value, nn.Module):
            return value, f"[{key!r}]"
    raise TargetError(f"it gives a {type(made).__name__}, not a torch.nn.Module")


def as_config_has_it(call: Call, folder: Path) -> Call:
    """The same call with lists for tuples, and with paths that count from the config's folder."""
    args, kwargs = (_counted(listed(value), f"{folder}/") for value in (list(call.args), dict(call.kwargs)))
    return Call(call.callee, args, kwargs, call.made, call.guessed)


def _counted(value: Any, folder: str) -> Any:
    if isinstance(value, list):
        return [_counted(child, folder) for child in value]
    if isinstance(value, dict):
        return {key: _counted(child, folder) for key, child in value.items()}
    return value.removeprefix(folder) if isinstance(value, str) else value
