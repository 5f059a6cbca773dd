"""How a model over its budget is told."""

from collections.abc import Callable

from nnviz_action.graph.number_text import short, short_bytes, short_macs

WORDS: dict[str, tuple[str, Callable[[int], str]]] = {
    "parameters": ("{} parameters", short),
    "macs": ("{}", short_macs),
    "activations": ("{} of activations", short_bytes),
    "saved": ("{} saved for the backward pass", short_bytes),
}


def sentence(number: str, value: int, limit: int) -> str:
    """`11.7 M parameters, 1.69 M (17 %) over the budget of 10.0 M`."""
    words, text = WORDS[number]
    part = 100 * (value - limit) / limit if limit else 0.0
    percent = f" ({part:.0f} %)" if part >= 9.95 else f" ({part:.1f} %)" if part >= 0.05 else ""
    return f"{words.format(text(value))}, {text(value - limit)}{percent} over the budget of {text(limit)}"
