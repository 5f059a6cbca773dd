"""The `inputs` of a model, from the short forms of the config to one plain form.

The plain form: `{kind: function, target}`, `{kind: positional, items: […]}` or `{kind: named, items: {…}}`, where an
item is `{kind: tensor, shape, dtype, low, high, value}`, `{kind: literal, value}`, `{kind: sequence, items}` or
`{kind: mapping, items}`.
"""

import re
from collections.abc import Callable
from typing import Any

Report = Callable[[tuple[str | int, ...], str, str | None], None]
Where = tuple[str | int, ...]

KEYS = frozenset({"shape", "dtype", "low", "high", "value"})
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_EXAMPLE = "write, for example, [[1, 3, 224, 224]]"


def parse_inputs(raw: Any, report: Report) -> dict[str, Any]:
    """The plain form; whatever is wrong goes to `report` with its path below `inputs`."""
    if isinstance(raw, str):
        if ":" not in raw:
            report((), f"{raw!r} names no function", "write package.module:function")
        return {"kind": "function", "target": raw}
    if isinstance(raw, list):
        if raw and all(_is_dim(item) for item in raw):
            report((), "a list of inputs is wanted, this is one shape", f"write [{raw}]".replace("'", ""))
            return {"kind": "positional", "items": []}
        return {"kind": "positional", "items": [_item(v, (i,), report) for i, v in enumerate(raw)]}
    if isinstance(raw, dict):
        return {"kind": "named", "items": {k: _item(v, (k,), report) for k, v in raw.items()}}
    report((), "this is no list, mapping or package.module:function", _EXAMPLE)
    return {"kind": "positional", "items": []}


def named_dims(item: Any) -> set[str]:
    """The names of the dynamic dimensions anywhere in the plain form."""
    if item["kind"] == "tensor":
        return {d for d in item["shape"] if isinstance(d, str)}
    children = item.get("items", [])
    children = children.values() if isinstance(children, dict) else children
    return set().union(*(named_dims(child) for child in children))


def _item(raw: Any, where: Where, report: Report) -> dict[str, Any]:
    if isinstance(raw, list):
        if all(_is_dim(d) for d in raw):
            return _tensor({"shape": raw}, where, report)
        if not any(isinstance(d, (list, dict)) for d in raw):
            report(where, f"{raw} is no shape", "sizes are whole numbers from 0 on, names are letters, digits and _")
            return {"kind": "literal", "value": None}
        return {"kind": "sequence", "items": [_item(v, (*where, i), report) for i, v in enumerate(raw)]}
    if isinstance(raw, dict) and KEYS.intersection(raw):
        return _leaf(raw, where, report)
    if isinstance(raw, dict) and raw:
        return {"kind": "mapping", "items": {k: _item(v, (*where, k), report) for k, v in raw.items()}}
    hint = f"write  {where[-1]}: [1, 3, 224, 224]" if isinstance(where[-1], str) else _EXAMPLE
    report(where, f"input {where[-1]!r} has no shape", f"{hint}, or {{value: …}} for what is no tensor")
    return {"kind": "literal", "value": None}


def _leaf(raw: dict[str, Any], where: Where, report: Report) -> dict[str, Any]:
    unknown = sorted(set(raw) - KEYS)
    if unknown:
        report((*where, unknown[0]), f"unknown key {unknown[0]!r}", f"a tensor has {', '.join(sorted(KEYS))}")
    if "shape" in raw:
        return _tensor(raw, where, report)
    if "value" in raw and not unknown:
        return {"kind": "literal", "value": raw["value"]}
    report(where, f"input {where[-1]!r} has no shape", "add  shape: [1, 3, 224, 224]")
    return {"kind": "literal", "value": None}


def _tensor(raw: dict[str, Any], where: Where, report: Report) -> dict[str, Any]:
    shape = raw["shape"]
    if not isinstance(shape, list) or not all(_is_dim(d) for d in shape):
        report(
            (*where, "shape"),
            f"{shape!r} is no shape",
            "a list of sizes and names, such as [batch, 3, 224, 224]",
        )
        shape = []
    dtype = raw.get("dtype", "float32")
    if not isinstance(dtype, str):
        report((*where, "dtype"), f"{dtype!r} is no dtype", "write float32, int64, bool …")
    for key in ("low", "high", "value"):
        if not isinstance(raw.get(key, 0), (int, float)):
            report((*where, key), f"{key} must be a number", None)
    numbers: dict[str, Any] = {key: raw[key] for key in ("low", "high", "value") if key in raw}
    return {"kind": "tensor", "shape": shape, "dtype": str(dtype).removeprefix("torch."), **numbers}


def _is_dim(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_NAME.match(value))
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
