"""From a candidate to an entry of the config: how it is built, what it is called with, and where that is from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nnviz_action.setup.init.builders import FILE, Builder, builder_of
from nnviz_action.setup.init.candidates import Candidate
from nnviz_action.setup.init.express import Call, built, default_call, express, missing, objects, offline
from nnviz_action.setup.init.hints import convention
from nnviz_action.setup.init.inputs import Guessed, annotation, guess_inputs, is_known
from nnviz_action.setup.init.targets import Target, target_of
from nnviz_action.setup.init.usage import Use
from nnviz_action.setup.init.walk.index import Index
from nnviz_action.setup.init.walk.modules import Class, Function
from nnviz_action.setup.init.walk.values import UNKNOWN, Instance, Tensor


@dataclass(frozen=True)
class Proposal:
    """An entry. `problem` says what could not be guessed; then the entry is only an outline."""

    name: str
    target: Target
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    inputs: Any = None  # a list or a mapping of tensors and plain values
    built_from: str = ""
    called_from: str = ""
    problem: str = ""
    failure: str = ""  # why it could not be captured when it was tried
    builder: Builder | None = None  # the function that builds it, where a config alone cannot
    others: tuple[str, ...] = ()  # functions that make the same class


@dataclass(frozen=True)
class _Way:
    """One way to build the model: the call, what the code makes of it, and where that is from."""

    call: Call
    instance: Instance
    why: str
    inputs: Any = None
    place: str = ""
    bold: bool = False  # the arguments are guessed


def propose(index: Index, candidate: Candidate, sizes: Sequence[int]) -> Proposal:
    """The entry for a class; the first way that tells all inputs, or else what is missing."""
    problem = ""
    for way in _ways(index, candidate):
        if way.inputs is not None:
            return _entry(index, candidate, way, way.inputs, way.place)
        guessed = guess_inputs(index, way.instance, sizes)
        if guessed is not None and not guessed.missing and not (way.bold and guessed.bold):
            return _entry(index, candidate, way, _positional(guessed), _reason(guessed))
        problem = problem or ("" if way.bold else _untold(guessed))
    return _by_function(index, candidate, sizes) or Proposal(
        candidate.made.name, target_of(index, candidate.made), problem=problem or _unbuilt(index, candidate)
    )


def _entry(index: Index, candidate: Candidate, way: _Way, inputs: Any, place: str) -> Proposal:
    what = way.call.what
    name = what.name if isinstance(what, Class) or what.owner is None else candidate.made.name
    others = tuple(f.name for f in candidate.factories if f is not what)
    kwargs = dict(way.call.kwargs)
    return Proposal(name, target_of(index, what), way.call.args, kwargs, inputs, way.why, place, others=others)


def _by_function(index: Index, candidate: Candidate, sizes: Sequence[int]) -> Proposal | None:
    """An entry that names a function which is still to be written, as the repository builds the model."""
    for use in candidate.uses:
        builder = builder_of(index, use.instance)
        if builder is None:
            continue
        inputs, place = _called_with(index, use), use.place
        if inputs is None:
            guessed = guess_inputs(index, use.instance, sizes)
            if guessed is None or guessed.missing:
                continue
            inputs, place = _positional(guessed), _reason(guessed)
        module = FILE.removesuffix(".py")
        target = Target(f"{module}:{builder.name}", target_of(index, candidate.made).root)
        problem = _unbuilt(index, candidate)
        return Proposal(candidate.made.name, target, (), {}, inputs, "", place, problem, builder=builder)
    return None


def _ways(index: Index, candidate: Candidate) -> Iterator[_Way]:
    """From the surest to the boldest."""
    shown = [(use, call) for use in candidate.uses if (call := express(index, use.instance)) is not None]
    for use, call in shown:
        inputs = _called_with(index, use)
        if inputs is not None:
            yield _Way(call, use.instance, use.instance.place, inputs, use.place)
    for function in candidate.factories[:1]:
        yield from _of(index, default_call(index, function), "")
    for use, call in shown:
        yield _Way(call, use.instance, use.instance.place)
    yield from _of(index, default_call(index, candidate.made), "")
    if not any(value is not UNKNOWN for use in candidate.uses for _, value in objects(use.instance)):
        yield from _by_convention(index, candidate.made)


def _of(index: Index, call: Call | None, why: str) -> Iterator[_Way]:
    instance = built(index, call) if call is not None else None
    if call is not None and instance is not None:
        yield _Way(call, instance, why)


def _by_convention(index: Index, made: Class) -> Iterator[_Way]:
    """What nobody says is what people usually pass."""
    needed = missing(index, Call(made))
    init = index.method(made, "__init__")
    values = {name: convention(name, annotation(init, name)) for name in needed}
    if needed and all(value is not None for value in values.values()):
        call = offline(index, Call(made, (), tuple(values.items())))
        ways = _of(index, call, "guessed from the names: nothing here builds it")
        yield from (replace(way, bold=True) for way in ways)


def _called_with(index: Index, use: Use) -> Any:
    """The inputs as the code has them, if all are known: by position, or by name."""
    if use.inputs is None:
        return None
    args, kwargs = use.inputs
    if not (args or kwargs) or not is_known(list(args)) or not is_known(kwargs):
        return None
    if not kwargs:
        return list(args)
    return {**dict(zip(_parameters(index, use.instance), args, strict=False)), **kwargs}


def _parameters(index: Index, instance: Instance) -> list[str]:
    forward = index.method(instance.made_of, "forward")
    return [a.arg for a in forward.node.args.args][1:] if forward is not None else ["input"]


def _positional(guessed: Guessed) -> Any:
    return dict(guessed.tensors) if len(guessed.tensors) > 1 else list(guessed.tensors.values())


def _reason(guessed: Guessed) -> str:
    reasons = list(dict.fromkeys(guessed.reasons.values()))
    doubt = "" if guessed.fits else "; not followed to its end"
    return f"guessed from {', '.join(reasons)}{doubt}" if reasons else "it takes none"


def _untold(guessed: Guessed | None) -> str:
    if guessed is None:
        return ""
    return f"nothing tells the shape of {' and '.join(guessed.missing)}"


def _unbuilt(index: Index, candidate: Candidate) -> str:
    """Why no way was found to build it."""
    for use in candidate.uses:
        odd = [f"{name} is {_described(value)}" for name, value in objects(use.instance) if value is not UNKNOWN]
        if odd:
            return f"no config can hold its arguments: {', '.join(odd)} ({use.instance.place})"
    needed = missing(index, Call(candidate.made))
    return f"nothing tells its arguments {', '.join(needed)}"


def _described(value: Any) -> str:
    if isinstance(value, Instance):
        return f"a {value.made_of.name}"
    if isinstance(value, (Class, Function)):
        return value.name
    if isinstance(value, tuple):
        return "a tuple"
    return "a tensor" if isinstance(value, Tensor) else "an object"
