"""What a class or a function is called with where nobody says: by its defaults, annotations and names."""

import ast
import dataclasses
import enum
import inspect
import re
import sys
import textwrap
import typing
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CHANNELS = re.compile(
    r"(in|n|num|input|img|image|c)_?(chans?|channels?|c|ch|in|planes)\Z|channels\Z|nc\Z|img_ch\Z|ch\Z"
)
# What people usually pass to a parameter of this name.
_CONVENTIONS: tuple[tuple[re.Pattern[str], Any], ...] = tuple(
    (re.compile(pattern), value)
    for pattern, value in (
        (CHANNELS.pattern, 3),
        (r"(n|num|out)_?(class|classes|channels|chans|labels?|ch)\Z|classes\Z|output_(size|channels)\Z", 10),
        (r"(n|num)_mels\Z", 80),
        (r"(\w+_)?((n|num)_?(tokens?|vocab|words|embeddings)|vocab(ulary)?(_?size)?|ntoken)\Z", 1000),
        (r"n_(src|trg|tgt)_vocab\Z", 1000),
        (r"(\w+_)?(pad|bos|eos|sos|unk)_?(idx|id|token|index)?\Z", 0),
        (r"(\w+_)?patch_?size\Z", 16),
        (r"kernel_?size\Z", 3),
        (r"(img|image|crop|input|spatial)_?(size|shape|res|resolution|dims?)\Z|\w*resolution\Z", 224),
        (r"(\w+_)?(seq|sequence|context|block|text|sent|window|max)_?(len|length|size|ctx)\Z|(n_)?(\w*_)?ctx\Z", 64),
        (r"(\w+_)?((n|num)_?)?(attention_)?heads?\Z|nhead\Z|(\w+_)?n_?head\Z", 4),
        (r"(\w+_)?((n|num)_?)?(layers?|blocks|depths?)\Z|(\w+_)?n_?layers?\Z", 2),
        (r"(num_)?frames\Z", 8),
        (r"(\w+_)?(dropout|drop)(_?(rate|prob|p))?\Z|p\Z", 0.1),
        (r"(bias|bilinear)\Z", True),
        (r"(\w+_)?(dim|size|features|channels|width|embd?|embed|units|hidden|filters|state|dims|planes)\Z", 64),
        (r"(\w+_)?(nf|ngf|ndf)\Z|d_?model\Z|ninp\Z|nhid\Z|(in|hid|out)\w*\Z", 64),
    )
)
_FETCHES = re.compile(r"(\w+_)?(pretrained|weights|checkpoint|ckpt|weights_backbone)(_path)?\Z")
CONFIGS = re.compile(r"(\w*config|cfg|args|params|dims|hparams|hp|opt|options|settings)\Z", re.I)
_UNKNOWN = object()


class UntoldError(Exception):
    """Nothing tells what this parameter takes."""


@dataclass(frozen=True)
class Argument:
    """A value, how it is written in Python, and what that needs imported: (module, name)."""

    value: Any
    text: str
    imports: tuple[tuple[str, str], ...] = ()


@dataclass
class Arguments:
    """By name; and what was settled by convention alone."""

    given: dict[str, Argument] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)


def arguments_of(callee: Callable[..., Any], settled: Collection[str]) -> Arguments:
    """All that must be given, beside what is `settled`. Raises `UntoldError`."""
    made, untold = Arguments(), []
    for name, parameter in parameters_of(callee).items():
        if name in settled or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if _FETCHES.match(name):
            if parameter.default is parameter.empty or parameter.default not in (None, False):
                value = False if parameter.default is True else None
                made.given[name] = Argument(value, repr(value))
        elif parameter.default is parameter.empty:
            try:
                made.given[name] = _argument(name, parameter.annotation, callee)
                made.guessed.append(name)
            except UntoldError:
                untold.append(name)
    if untold:
        raise UntoldError(" and ".join(untold))
    return made


def parameters_of(callee: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Of a function, a class or an object, by name; none where that cannot be told."""
    try:
        return inspect.signature(callee).parameters
    except (TypeError, ValueError):
        return {}


def _argument(name: str, annotation: Any, callee: Callable[..., Any]) -> Argument:
    kind = _kind(annotation, callee)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _configured(kind)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        first = next(iter(kind))
        return Argument(first, f"{kind.__name__}.{first.name}", ((kind.__module__, kind.__name__),))
    if CONFIGS.match(name):
        for other in _configs(name, callee):
            return _configured(other)
    value = convention(name, kind)
    if value is _UNKNOWN:
        raise UntoldError(name)
    return Argument(value, repr(value))


def convention(name: str, kind: Any = None) -> Any:
    """What people pass by this name. Raises `UntoldError` where there is no such use."""
    if kind is bool:
        return False
    found = next((value for pattern, value in _CONVENTIONS if pattern.match(name.lower())), _UNKNOWN)
    many = typing.get_origin(kind) in (list, tuple, Sequence)
    if found is _UNKNOWN or kind is str or (kind is int and isinstance(found, float)):
        raise UntoldError(name)
    return [found, found] if many else found


def _kind(annotation: Any, callee: Callable[..., Any]) -> Any:
    if isinstance(annotation, str):
        found = vars(sys.modules[callee.__module__]).get(annotation)
        return found if found is not None else {"int": int, "bool": bool, "str": str, "float": float}.get(annotation)
    return None if annotation is inspect.Parameter.empty else annotation


def _configured(kind: type) -> Argument:
    """An instance of a class of settings: its own defaults, and where these say nothing, by convention."""
    given: dict[str, Any] = {}
    for name, parameter in parameters_of(kind).items():
        default = parameter.default
        if default is parameter.empty and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            given[name] = convention(name, _kind(parameter.annotation, kind))
        elif type(default) is int and default < 0:  # to be set later, as by a tokenizer
            try:
                given[name] = convention(name)
            except UntoldError:
                continue
    text = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return Argument(kind(**given), f"{kind.__name__}({text})", ((kind.__module__, kind.__name__),))


def _configs(name: str, callee: Callable[..., Any]) -> Iterator[type]:
    """Classes of settings in the same module that have all that is read of this parameter."""
    read = _read(name, callee)
    module = sys.modules.get(callee.__module__)
    for other in list(vars(module).values()) if module else ():
        if isinstance(other, type) and re.search(r"config|args|hparams|params|dims|options", other.__name__, re.I):
            has = set(dir(other)) | set(parameters_of(other))
            if read and read <= has:
                yield other


def _read(name: str, callee: Callable[..., Any]) -> set[str]:
    """The attributes that a function, or a class's `__init__`, reads of a parameter."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(callee)))
    except (OSError, TypeError, SyntaxError):
        return set()
    init = next((n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "__init__"), tree)
    return {
        node.attr
        for node in ast.walk(init)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }
