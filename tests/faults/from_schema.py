"""Configs made from the JSON Schema of `nnviz.yaml`: mostly valid, now and then something else in a place."""

from typing import Any

from hypothesis import strategies as st

from nnviz_action.config.schema import json_schema

SCHEMA = json_schema()
ODD_TEXTS = (
    "", ".", "..", "../x", "/", "/etc/passwd", "CON", "nul.txt", "a:b", "a\\b", "x" * 300, "ü" * 200, "a/" * 1500, "\0", "\x1b[2J",
    "\u202e", "😀", "*", "**", "**x", "../**", "*/../..", ".git", ".git/hooks", "net:", ":A", "x.py:A", "batch", "-", "~", "@me",
    "torchvision.models:resnet18", "net.onnx", "data/*.json", "12M", "9e99", "[", "{{x}}", "%s", "#", "line\nbreak",
)  # fmt: skip
texts = st.sampled_from(ODD_TEXTS) | st.text(max_size=8)
numbers = st.integers(-3, 70) | st.integers() | st.floats()
scalars = st.none() | st.booleans() | numbers | texts
anything = scalars | st.lists(scalars, max_size=3) | st.dictionaries(texts, scalars, max_size=2)
deep = st.integers(1, 80).map(lambda levels: _nested(levels))


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def configs() -> st.SearchStrategy[Any]:
    """Whole files."""
    return _node(SCHEMA, 0)


def _node(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    fitting = _fitting(schema, depth)
    return st.one_of(*[fitting] * 9, anything, deep if depth == 4 else fitting)


def _fitting(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if depth > 7:
        return anything
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if "anyOf" in schema:
        return st.one_of([st.deferred(lambda s=part: _node(s, depth + 1)) for part in schema["anyOf"]])
    return _KINDS.get(schema.get("type", ""), lambda *_: anything)(schema, depth)


def _object(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    known = {
        key: st.deferred(lambda s=part: _node(s, depth + 1)) for key, part in schema.get("properties", {}).items()
    }
    rest = schema.get("additionalProperties")
    if not known and isinstance(rest, dict):
        names = st.sampled_from("abcd") | texts
        return st.dictionaries(names, st.deferred(lambda: _node(rest, depth + 1)), min_size=1, max_size=2)
    keys = st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True) if known else st.just([])
    needed = [key for key in ("models", "model", "inputs", *schema.get("required", ())) if key in known]
    return keys.flatmap(lambda some: st.fixed_dictionaries({key: known[key] for key in sorted({*needed, *some})}))


def _array(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    return st.lists(st.deferred(lambda: _node(schema.get("items", {}), depth + 1)), max_size=3)


_KINDS = {
    "object": _object,
    "array": _array,
    "string": lambda *_: texts,
    "integer": lambda schema, _: st.integers(schema.get("minimum", 0), schema.get("maximum", 300)),
    "number": lambda *_: numbers,
    "boolean": lambda *_: st.booleans(),
    "null": lambda *_: st.none(),
}
