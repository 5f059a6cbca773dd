"""One input or output in a row, as short text where that says all of it, else as an object.

Inputs are `input: layer1.0/add` where the node has names for its arguments, else `layer1.0/add`. A weight is declared
where it is first used: `weight = 64×3×7×7 f32` is the module's own of that name. Outputs are their types, with the
name before them where they have one of their own: `output = 1×1000 f32`.
"""

import re
from dataclasses import dataclass
from typing import Any

from nnviz_action.graph.graph_file.names import BEFORE
from nnviz_action.graph.graph_file.texts import read_type, read_weight, type_json, weight_json
from nnviz_action.graph.values import TensorType, Weight

OWN = "@"  # before the name of a weight of the node's own module
MORE = "+ "  # before the label of a node whose inputs come first
_NAMED = re.compile(r"(.*?)(: | = )(.*)", re.DOTALL)
_KEYS = {"as", "ref", "name", "new"}


@dataclass(frozen=True)
class Input:
    """One input: the argument that it is for, and how its value is called.

    `ref` is a name or a label, `name` surely a name; `new` is the weight that is declared by it.
    """

    argument: str = ""
    ref: str = ""
    name: str | None = None
    new: Weight | None = None


def full_name(ref: str, path: str) -> str:
    """`@weight` as the name of that weight of the module."""
    if not ref.startswith(OWN):
        return ref
    return f"{path}.{ref[1:]}" if path else ref[1:]


def short_name(name: str, path: str) -> str:
    """The name of a weight as a row of its module calls it."""
    return f"{OWN}{name[len(path) + 1 :]}" if path and name.startswith(f"{path}.") else name


def input_json(given: Input, path: str, is_named: bool) -> Any:
    """The input as text, or as an object where that would be read as another one."""
    text = _input_text(given, path, is_named)
    try:
        if text is not None and read_input(text, path, is_named) == given:
            return text
    except ValueError:
        pass
    rest = {"as": given.argument, "ref": given.ref, "name": given.name}
    new = {} if given.new is None else {"name": given.new.name, "new": weight_json(given.new)}
    return {key: value for key, value in rest.items() if value} | new


def _input_text(given: Input, path: str, is_named: bool) -> str | None:
    ref = given.ref
    if given.name is not None:
        return None
    if given.new is not None:
        declared = weight_json(given.new)
        if not isinstance(declared, str):
            return None
        name = short_name(given.new.name, path)
        if is_named and full_name(OWN + given.argument, path) == given.new.name:
            return f"{given.argument} = {declared}"
        ref = f"{name} = {declared}"
    return f"{given.argument}: {ref}" if is_named else ref


def read_input(value: Any, path: str, is_named: bool) -> Input:
    """The input that `input_json` wrote. Raises `ValueError`."""
    if isinstance(value, dict):
        return _read_object(value)
    if not isinstance(value, str) or value.startswith(MORE):
        raise ValueError(f"{value!r:.60} is no input")
    argument, sign, ref = "", ": ", value
    if is_named:
        found = _NAMED.fullmatch(value)
        if found is None:
            raise ValueError(f"{value[:60]!r} names no argument")
        argument, sign, ref = found.groups()
        ref = f"{OWN}{argument} = {ref}" if sign == " = " else ref
    name, declares, weight = ref.partition(" = ")
    if declares:
        return Input(argument, new=read_weight(full_name(name, path), weight))
    return Input(argument, ref)


def _read_object(value: dict[str, Any]) -> Input:
    texts = [text for key, text in value.items() if key != "new"]
    if not value.keys() <= _KEYS or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{value!r:.60} is no input")
    argument, ref, name = value.get("as", ""), value.get("ref", ""), value.get("name")
    if "new" in value:
        return Input(argument, ref, new=read_weight(name or "", value["new"]))
    return Input(argument, ref, name)


def is_plain(name: str) -> bool:
    """Whether the name may stand for itself: it is nothing else that a row says."""
    return bool(name) and name != BEFORE and not name.startswith((OWN, MORE))


def output_json(name: str | None, kind: TensorType | None) -> Any:
    """The output: its type, with its name, where that is not None. An omitted one has an empty name."""
    if name == "":
        return ""
    shown = None if kind is None else type_json(kind)
    text = shown if name is None or not isinstance(shown, str) else f"{name} = {shown}"
    try:
        if read_output(text) == (name, kind):
            return text
    except ValueError:
        pass
    return {} | ({} if name is None else {"name": name}) | ({} if kind is None else {"type": shown})


def read_output(value: Any) -> tuple[str | None, TensorType | None]:
    """The output that `output_json` wrote. Raises `ValueError`."""
    if value is None:
        return None, None
    if value == "":
        return "", None
    if isinstance(value, str):
        before, equals, kind = value.rpartition(" = ")
        return (before if equals else None), read_type(kind)
    if not isinstance(value, dict) or not value.keys() <= {"name", "type"}:
        raise ValueError(f"{value!r:.60} is no output")
    name: Any = value.get("name")
    if name is not None and (not isinstance(name, str) or not name):
        raise ValueError(f"{name!r:.60} is no name")
    return name, read_type(value["type"]) if "type" in value else None
