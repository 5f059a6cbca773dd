"""Functions that build what no config can: models whose arguments are objects, as the repository builds them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nnviz_action.setup.init.targets import target_of
from nnviz_action.setup.init.walk.index import Index
from nnviz_action.setup.init.walk.modules import Class, Function
from nnviz_action.setup.init.walk.values import Instance, is_plain

FILE = "nnviz_models.py"
_HEAD = (
    '"""Models that take more than plain values, for nnviz.yaml. Written by `nnviz-action init --functions`."""\n\n\n'
)


@dataclass(frozen=True)
class Builder:
    """A function without parameters: its name, where its code is from, what it imports and returns."""

    name: str
    place: str
    imports: tuple[tuple[str, str], ...]  # module, name
    returns: str


def builder_of(index: Index, instance: Instance) -> Builder | None:
    """The function that builds an instance as the repository does; None where some of it is not known."""
    imports: dict[tuple[str, str], None] = {}
    returns = _source(index, instance, imports)
    names = [name for _, name in imports]
    if returns is None or len(set(names)) < len(names):
        return None
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z]{2})", "_", instance.made_of.name).lower()
    return Builder(f"make_{name}", instance.place, tuple(imports), returns)


def _source(index: Index, value: Any, imports: dict[tuple[str, str], None]) -> str | None:
    if is_plain(value):
        return repr(value)
    if isinstance(value, (list, tuple)):
        parts = [_source(index, child, imports) for child in value]
        if any(p is None for p in parts):
            return None
        inside = ", ".join(p or "" for p in parts)
        return f"[{inside}]" if isinstance(value, list) else f"({inside},)"
    if isinstance(value, (Class, Function)):
        return _named(index, value, imports)
    return _call(index, value, imports) if isinstance(value, Instance) and not value.promised else None


def _named(index: Index, value: Class | Function, imports: dict[tuple[str, str], None]) -> str | None:
    module, _, name = target_of(index, value).text.partition(":")
    if module.endswith(".py") or (isinstance(value, Function) and (value.owner or value.scope)):
        return None
    imports[module, name] = None
    return name


def _call(index: Index, value: Instance, imports: dict[tuple[str, str], None]) -> str | None:
    name = _named(index, value.made_of, imports)
    given = [("", child) for child in value.args] + list(value.kwargs.items())
    parts = [(key, _source(index, child, imports)) for key, child in given]
    if name is None or any(text is None for _, text in parts):
        return None
    return f"{name}({', '.join(f'{key}={text}' if key else str(text) for key, text in parts)})"


def builders_text(builders: Iterable[Builder]) -> str:
    """The whole file."""
    return _HEAD + "\n\n".join(map(_function, builders))


def _function(builder: Builder) -> str:
    """Imports stand inside: two models may have classes of one name, and each is drawn in a process of its own."""
    modules = dict.fromkeys(module for module, _ in sorted(builder.imports))
    names = {module: sorted(name for m, name in builder.imports if m == module) for module in modules}
    lines = [f"    from {module} import {', '.join(names[module])}\n" for module in modules]
    return f"def {builder.name}():  # as in {builder.place}\n{''.join(lines)}\n    return {builder.returns}\n"
