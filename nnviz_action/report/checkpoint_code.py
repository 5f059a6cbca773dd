"""A small Python function that gives an old state dict the new keys, as far as names alone changed."""

import re
from collections.abc import Container, Iterator
from itertools import count

from nnviz_action.comparison.checkpoint import Checkpoint
from nnviz_action.report.checkpoint_text import stems, summary

MOST_NAMES = 24  # that are written out one by one even where rules say the same
_PLAIN = re.compile(r"[A-Za-z0-9_.]+\Z")  # what needs no escape, in a pattern or a text
Rules = list[tuple[str, str]]


def mapping_code(name: str, found: Checkpoint) -> str:
    """The function of this name. What it is not sure of it lists, and leaves out of what it returns."""
    rules = _rules(found)
    lines = [
        f"def {name}(state_dict):",
        f'    """{summary(found)}."""',
        *_unmapped([change.key for change in (*found.of("reshaped"), *found.of("gone"))]),
        *_new([change.now for change in (*found.of("new"), *found.of("reshaped"))]),
        *(_by_names(found) if rules is None else _by_rules(rules)),
    ]
    return "\n".join(lines) + "\n"


def function_name(model: str, taken: Container[str]) -> str:
    """`map_my_net` for my-net, with a number where that is taken."""
    name = "map_" + (re.sub(r"\W+", "_", model, flags=re.ASCII).strip("_").lower() or "model")
    numbers = (f"{name}_{number}" for number in count(2))
    return name if name not in taken else next(other for other in numbers if other not in taken)


def _unmapped(keys: list[str]) -> Iterator[str]:
    if not keys:
        yield "    unmapped = ()"
        return
    yield "    unmapped = {  # left out: the new model has no such key, or one of another shape"
    yield from (f"        {_quoted(key)}," for key in keys)
    yield "    }"


def _new(keys: list[str]) -> Iterator[str]:
    if keys:
        yield "    # For strict=True, take these from the new model's own state dict:"
        yield from (f"    #   {_quoted(key)}" for key in keys)


def _quoted(text: str) -> str:
    return f'"{text}"' if _PLAIN.match(text) else ascii(text)


def _by_names(found: Checkpoint) -> Iterator[str]:
    yield "    renamed = {"
    yield from (f"        {_quoted(key)}: {_quoted(now)}," for key, now in found.renames.items())
    yield "    }"
    yield "    pairs = [(renamed.get(key, key), value) for key, value in state_dict.items() if key not in unmapped]"
    yield from _RETURN


def _by_rules(rules: Rules) -> Iterator[str]:
    yield "    rules = ["
    yield from (f'        (r"{pattern}", r"{now}"),' for pattern, now in rules)
    yield "    ]"
    yield "    pairs = []"
    yield "    for key, value in state_dict.items():"
    yield "        if key not in unmapped:"
    yield "            name = next((re.sub(old, new, key) for old, new in rules if re.match(old, key)), key)"
    yield "            pairs.append((name, value))"
    yield from _RETURN


# torch notes versions of modules beside the keys.
_RETURN = (
    "    moved = type(state_dict)(pairs)",
    '    if hasattr(state_dict, "_metadata"):',
    "        moved._metadata = state_dict._metadata",
    "    return moved",
)


def _rules(found: Checkpoint) -> Rules | None:
    """Patterns for the names that go alike; None where these are few, or patterns would not say just the same."""
    renames = found.renames
    if len(renames) <= MOST_NAMES or not all(map(_PLAIN.match, (*renames, *renames.values()))):
        return None
    rules = list(dict.fromkeys(_rule(*stems(change)) for change in found.of("renamed")))
    if 3 * len(rules) > len(renames):
        return None
    return rules if all(_applied(rules, key) == renames.get(key, key) for key in found.old) else None


def _rule(key: str, now: str, rest: str) -> tuple[str, str]:
    """One for all numbers, where these stay what they are."""
    end = r"(?=\.)" if rest else r"\Z"
    numbers = re.findall(r"\d+", key)
    if numbers != re.findall(r"\d+", now):
        return f"{re.escape(key)}{end}", now
    places = iter(range(1, len(numbers) + 1))
    pattern = re.sub(r"\d+", lambda _: r"(\d+)", key.replace(".", r"\."))
    return f"{pattern}{end}", re.sub(r"\d+", lambda _: rf"\g<{next(places)}>", now)


def _applied(rules: Rules, key: str) -> str:
    return next((re.sub(old, new, key) for old, new in rules if re.match(old, key)), key)
