"""An entry of the config: what a plan and the model's own answer make of it, or what its code alone tells."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Any

from nnviz_action.setup.init.literals import inputs_of, literal_call
from nnviz_action.setup.init.plans import Plan, Way
from nnviz_action.setup.init.targets import Target
from nnviz_action.setup.init.uses import Code

FILE = "nnviz_models.py"
HEAD = (
    '"""Models that take more than plain values, as nnviz.yaml names them. Written by `nnviz-action init`."""\n\n\n'
)
TRIED = "found by trying: the first that passed"
CONVENTION = "by convention, as nothing here tells"


@dataclass(frozen=True)
class Entry:
    """An entry. One with a `failure` is only an outline."""

    name: str
    target: Target
    roots: tuple[str, ...] = (".",)
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    inputs: Any = None
    built_from: str = ""
    called_from: str = ""
    failure: str = ""
    hint: str = ""
    function: str = ""  # the body of the function in `FILE` that builds it, where a config alone cannot
    others: tuple[str, ...] = ()  # functions that make the same class


def outline(plan: Plan, failure: str, hint: str = "") -> Entry:
    """The entry for a model that could not be called."""
    failure, hint = (" ".join(text.split()) for text in (failure, hint))
    return Entry(plan.name, plan.target, plan.roots, failure=failure, hint=hint, others=plan.others)


def entry_of(plan: Plan, answer: Mapping[str, Any]) -> Entry:
    """What the model answered. Raises `KeyError`, `TypeError`, `IndexError` where that is no answer of ours."""
    way = plan.ways[int(answer["way"])]
    built, called = _built_from(way, answer), _called_from(way, answer)
    name = plan.name if way is plan.ways[0] else way.target.text.rpartition(":")[2].partition(".")[0]
    entry = Entry(
        name, way.target, way.roots, list(answer["args"]), dict(answer["kwargs"]), answer["inputs"], built, called,
        others=tuple(other for other in plan.others if other != name),
    )  # fmt: skip
    if answer["plain"]:
        return replace(entry, roots=(way.target.root,))
    return _by_function(entry, way, answer)


def _built_from(way: Way, answer: Mapping[str, Any]) -> str:
    guessed = f"{', '.join(answer['guessed'])} {CONVENTION}" if answer["guessed"] else ""
    place = f"as in {way.code.place}" if way.code else ""
    return "; ".join(filter(None, (place, guessed)))


def _called_from(way: Way, answer: Mapping[str, Any]) -> str:
    told = TRIED if answer["calls"] > 1 else "by its names: the first guess passed"
    if answer["shown"] and way.inputs is not None:
        told = f"the call in {way.inputs.place}"
    return "; ".join(filter(None, (told, _free(answer["free"]))))


def _free(axes: Mapping[str, Sequence[int]]) -> str:
    """Which axes may have other sizes, and so a name in place of a number."""
    each = [f"{', '.join(map(str, found))}{f' of {name}' if len(axes) > 1 else ''}" for name, found in axes.items()]
    return f"free axes: {'; '.join(each)}" if each else ""


def _by_function(entry: Entry, way: Way, answer: Mapping[str, Any]) -> Entry:
    more = ", ".join(f"{name}={text}" for name, text in answer["more"].items())
    imports = [f"from {module} import {name}" for module, name in answer["imports"]]
    if way.code is not None:
        lines = [*imports, *way.code.statements.splitlines()]
        lines.append(f"return {_called(way.code, more)}{answer['taken']}")
    else:
        module, _, name = way.target.text.partition(":")
        lines = [
            f"from {module} import {name.partition('.')[0]}",
            *imports,
            f"return {name}({more}){answer['taken']}",
        ]
    target = Target(f"{FILE.removesuffix('.py')}:{function_name(entry.name)}", way.target.root)
    return Entry(
        entry.name, target, (".", *entry.roots), (), {}, entry.inputs, entry.built_from, entry.called_from,
        function="\n".join(f"    {line}" for line in lines), others=entry.others,
    )  # fmt: skip


def _called(code: Code, more: str) -> str:
    call = ast.unparse(ast.fix_missing_locations(code.call))
    return call if not more else f"{call[:-1]}{', ' if code.call.args or code.call.keywords else ''}{more})"


def function_name(name: str) -> str:
    """The name of the function that builds the model of this name."""
    return "make_" + "".join(sign if sign.isalnum() and sign.isascii() else "_" for sign in name.lower())


def functions_apart(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The same, no two functions under one name: of these the last would be that of both."""
    taken: set[str] = set()
    for entry in entries:
        if entry.function:
            module, own = entry.target.text.partition(":")[0], function_name(entry.name)
            own = next(name for name in chain((own,), (f"{own}_{n}" for n in count(2))) if name not in taken)
            taken.add(own)
            yield replace(entry, target=Target(f"{module}:{own}", entry.target.root))
        else:
            yield entry


def functions_text(entries: Sequence[Entry]) -> str:
    """The whole file. Imports stand inside: two models may have classes of one name."""
    made = [f"def {e.target.text.partition(':')[2]}():{_comment(e)}\n{e.function}\n" for e in entries]
    return HEAD + "\n\n".join(made)


def _comment(entry: Entry) -> str:
    return f"  # {entry.built_from}" if entry.built_from else ""


def static_entry(plan: Plan) -> Entry:
    """What the code tells by itself: literals, and the shapes of tensors that are made of such."""
    for way in plan.ways:
        call = literal_call(way.code) if way.code is not None else None
        inputs = inputs_of(way.inputs) if way.inputs is not None else None
        if way.code is not None and way.inputs is not None and call is not None and inputs is not None:
            place = f"the call in {way.inputs.place}"
            args, kwargs = call
            return Entry(
                plan.name, way.target, way.roots, args, kwargs, inputs, _built_from(way, {"guessed": ()}), place,
                others=plan.others,
            )  # fmt: skip
    return outline(
        plan, plan.reason or "its code alone does not tell what it is called with; without --static it is asked"
    )
