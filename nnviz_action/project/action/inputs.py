"""The inputs of the action, as GitHub hands them over: text in the environment, checked before anything runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from nnviz_action.config.shards import parse_shard
from nnviz_action.errors import ConfigError
from nnviz_action.github.rules import Wish

CHOICES = {
    "mode": ("check", "generate", "comment"),
    "comment": ("auto", "always", "never"),
    "images": ("auto", "artifact", "branch", "never"),
    "full": ("false", "true"),
}
_WISHES: dict[str, Wish] = {"auto": "auto", "always": "always", "never": "never"}


@dataclass(frozen=True)
class Inputs:
    """What `action.yml` describes."""

    config: str = "nnviz.yaml"
    mode: str = "check"
    full: bool = False
    comment: Wish = "auto"
    models: tuple[str, ...] = ()
    shard: str = ""
    base: str = ""
    images: str = "auto"
    reports: str = ""


def read_inputs(environment: Mapping[str, str]) -> Inputs:
    """The inputs. An empty one is its default. Raises `ConfigError` for a value that none of its choices is."""
    given = {name: environment.get(f"INPUT_{name.upper()}", "").strip() for name in Inputs.__dataclass_fields__}
    chosen = {name: _choice(name, given[name]) for name in CHOICES}
    if chosen["mode"] == "comment" and not given["reports"]:
        raise ConfigError(
            "input mode: comment needs reports", hint="reports: the path of a report.json, or a pattern"
        )
    _check_together(chosen, given)
    return Inputs(
        config=given["config"] or Inputs.config,
        mode=chosen["mode"],
        full=chosen["full"] == "true",
        comment=_WISHES[chosen["comment"]],
        models=tuple(given["models"].replace(",", " ").split()),
        shard=given["shard"],
        base=given["base"],
        images=chosen["images"],
        reports=given["reports"],
    )


def _check_together(chosen: Mapping[str, str], given: Mapping[str, str]) -> None:
    """What would be ignored is told."""
    if chosen["full"] == "true" and chosen["mode"] != "check":
        raise ConfigError("input full: only mode check captures again what is fresh")
    if given["reports"] and chosen["mode"] != "comment":
        raise ConfigError("input reports: only mode comment reads reports", hint="mode: comment")
    if given["shard"]:
        try:
            parse_shard(given["shard"])
        except ConfigError:
            raise ConfigError(
                f"input shard: {given['shard']!r} is no shard", hint="2/5 for the second of five"
            ) from None


def _choice(name: str, value: str) -> str:
    """One of the choices; the first of them (of `full` no) where nothing is given."""
    choices = CHOICES[name]
    found = value.lower() or choices[0]
    if found not in choices:
        raise ConfigError(f"input {name}: {value!r} is none of {', '.join(choices)}")
    return found
