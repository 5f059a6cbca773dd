"""pydantic's findings as errors with a place and a cure."""

import difflib
from typing import Any

from pydantic import BaseModel, ValidationError

from nnviz_action.config import schema
from nnviz_action.config.document import Document
from nnviz_action.errors import ConfigError

Where = tuple[str | int, ...]
LONGEST, MOST_SHOWN = 200, 50  # characters of a value, items of a list


def schema_problems(document: Document, data: dict[str, Any], merged: dict[str, Any]) -> list[ConfigError]:
    """What pydantic finds wrong, in the words of the file; `merged` is the data with defaults applied."""
    try:
        schema.File.model_validate(data)
        schema.File.model_validate(merged)
    except ValidationError as error:
        return [_explain(document, item) for item in error.errors(include_url=False)]
    return []


def _explain(document: Document, error: Any) -> ConfigError:
    where = tuple(part for part in error["loc"] if part not in ("Modes", "literal['eval','train']"))
    if error["type"] == "extra_forbidden":
        known = _known_keys(where)
        word = str(where[-1])
        near = sorted(difflib.get_close_matches(word, known), key=lambda key: sorted(key) != sorted(word))
        hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
        if where[0] == "defaults" and word in schema.Model.model_fields:
            hint = "each model has its own: write it there"
        elif not near and len(where) == 1 and where[0] in schema.Options.model_fields:
            hint = "put it under  defaults:  or into a model"
        return document.error(where, f"unknown key {where[-1]!r}", hint)
    if error["type"] in ("model_type", "dict_type"):
        hint = f"write  key: value  in lines of their own below {where[-1] if where else 'it'}, indented deeper"
        return document.error(where, f"{_dotted(where)}: a mapping of keys is wanted", hint)
    if where == ("models",):
        hint = "add  NAME: {model: package.module:Name, inputs: [[1, 3, 224, 224]]}"
        return document.error(where, "models: there is none", hint)
    if error["type"] in ("too_short", "list_type"):
        return document.error(where, *_no_list(where, error))
    given = "" if error["type"] == "missing" else f", not {_shown(error['input'])}"
    return document.error(where, f"{_dotted(where)}: {error['msg'][0].lower()}{error['msg'][1:]}{given}")


def _no_list(where: Where, error: Any) -> tuple[str, str]:
    """What is said of a list that has too few items, or of what stands where one is wanted, and the cure."""
    key, given = str(where[-1]), error["input"]
    if error["type"] == "list_type":
        example = given if isinstance(given, (str, int, float)) else "…"
        return f"{_dotted(where)}: a list is wanted, not {_shown(given)}", f"in brackets:  {key}: [{example}]"
    usual = schema.Options.model_fields[key].default if key in schema.Options.model_fields else []
    hint = f"{key}: [{', '.join(map(str, usual))}]  is what counts where nothing is said: leave the key out"
    return f"{_dotted(where)}: the list is empty", hint


def _shown(value: Any) -> str:
    """Aliases make a short text a long value: the beginning of it."""
    text = repr(list(value)[:MOST_SHOWN] if isinstance(value, list) else value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _known_keys(where: Where) -> list[str]:
    sections: dict[str, type[BaseModel]] = {
        "mode": schema.Modes,
        "autograd": schema.Autograd,
        "budgets": schema.Budgets,
        "defaults": schema.Options,
    }
    if len(where) >= 2 and where[-2] in sections:
        return list(sections[str(where[-2])].model_fields)
    whole: type[BaseModel] = schema.File if len(where) == 1 else schema.Model
    return list(whole.model_fields)


def _dotted(where: Where) -> str:
    return ".".join(map(str, where)) or "the file"
