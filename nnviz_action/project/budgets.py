"""Which models are over their budgets: told by the locks and the config alone."""

from collections.abc import Mapping

from nnviz_action.config import Document
from nnviz_action.config.budgets import Excess, exceeding, read_budgets


def excesses(document: Document, numbers: Mapping[str, Mapping[str, int]]) -> tuple[Excess, ...]:
    """The budgets that models are over; `numbers` are those of their locks, by model."""
    return tuple(e for name in numbers for e in exceeding(name, numbers[name], read_budgets(document, name)))
