"""Writes docs/nnviz.schema.json, for editors, and the tables of keys in docs/config.md, from the JSON Schema.

Usage: python tools/config_reference.py
"""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from nnviz_action.config.schema import Model, Options, json_schema

PAGE = Path(__file__).resolve().parent.parent / "docs" / "config.md"
SCHEMA = PAGE.with_name("nnviz.schema.json")
FIRST = [name for name in Model.model_fields if name not in Options.model_fields]
SEE = {"inputs": "#inputs", "max_nodes": "#pictures", "render": "#netrons-own-picture"}
Schema = dict[str, Any]


def main() -> None:
    """Write both anew; what stands outside of the marks on the page stays."""
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def schema_text() -> str:
    """As `nnviz-action schema` prints it."""
    return json.dumps(json_schema(), indent=2) + "\n"


def renewed(page: str) -> str:
    """The page with its tables as the schema has them. Raises `ValueError` where a mark is missing."""
    schema = json_schema()
    options = schema["$defs"]["Model"]["properties"]
    model = {name: options[name] for name in (*FIRST, *options)}
    for mark, keys in (("file", schema["properties"]), ("model", model)):
        begin, end = f"<!-- {mark}: tools/config_reference.py -->", f"<!-- /{mark} -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if len(pattern.findall(page)) != 1:
            raise ValueError(f"{PAGE.name} does not have {begin} … {end} once")
        before, after = pattern.split(page)
        page = f"{before}{begin}\n\n{table(keys, schema['$defs'])}\n\n{end}{after}"
    return page


def table(keys: Schema, sections: Schema) -> str:
    """A row for each key, and for each key of a section of its own."""
    rows = ["| key | value | default | |", "|---|---|---|---|"]
    for name, about in keys.items():
        rows.append(_row(name, about, sections))
        rows += [_row(f"{name}.{key}", inner, sections) for key, inner in _inner(about, sections).items()]
    return "\n".join(rows)


def _row(name: str, about: Schema, sections: Schema) -> str:
    said = about["description"].replace("\n", " ").replace("|", "\\|")
    key = f"[`{name}`]({SEE[name]})" if name in SEE else f"`{name}`"
    return f"| {key} | {_value(about, sections)} | {_default(about, sections)} | {said} |"


def _inner(about: Schema, sections: Schema) -> Schema:
    """The keys of a section that only this key has."""
    references = [kind["$ref"].rpartition("/")[2] for kind in _kinds(about) if "$ref" in kind]
    return sections[references[0]]["properties"] if references and references[0] in ("Modes", "Autograd") else {}


def _default(about: Schema, sections: Schema) -> str:
    default = about.get("default")
    if default in (None, [], {}) or _inner(about, sections) or "$ref" in about:
        return ""
    return f"`{yaml.safe_dump(default, default_flow_style=True).partition(chr(10))[0]}`"


def _kinds(about: Schema) -> list[Schema]:
    return [kind for kind in about.get("anyOf", [about]) if kind.get("type") != "null"]


def _value(about: Schema, sections: Schema) -> str:
    return ", or ".join(dict.fromkeys(_words(kind, sections) for kind in _kinds(about)))


def _words(kind: Schema, sections: Schema) -> str:
    if "$ref" in kind:
        return {"Input": "inputs", "Model": "models"}.get(kind["$ref"].rpartition("/")[2], "the keys below")
    if "enum" in kind or "const" in kind:
        return ", ".join(f"`{word}`" for word in kind.get("enum", [kind.get("const")]))
    if kind["type"] == "array":
        return f"list of {_value(kind['items'], sections)}" if kind["items"] else "list"
    if kind["type"] == "object":
        inner = kind["additionalProperties"]
        return (
            f"mapping of names to {_value(inner, sections).replace('integer', 'integers')}"
            if isinstance(inner, dict)
            else "mapping"
        )
    return {"string": "text", "boolean": "`true`, `false`"}.get(kind["type"]) or _number(kind)


def _number(kind: Schema) -> str:
    word = "integer" if kind["type"] == "integer" else "number"
    if "exclusiveMinimum" in kind:
        return f"{word} above {kind['exclusiveMinimum']}"
    return f"{word} from {kind['minimum']} " + (f"to {kind['maximum']}" if "maximum" in kind else "on")


if __name__ == "__main__":
    main()
