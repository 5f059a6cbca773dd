"""The models of a config, divided among machines: the same way on each of them, without a word between them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nnviz_action.errors import ConfigError


@dataclass(frozen=True)
class Shard:
    """One part of `count`; the first is number 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


@dataclass(frozen=True)
class Part:
    """A shard of a config: all its models in their order, and those that are the shard's."""

    shard: Shard
    order: tuple[str, ...]
    models: frozenset[str]


def parse_shard(text: str) -> Shard:
    """`2/5` → the second of five. Raises `ConfigError` for anything else."""
    found = re.fullmatch(r"([1-9]\d{0,3})/([1-9]\d{0,3})", text)
    if found is None or int(found[1]) > int(found[2]):
        raise ConfigError(f"{text!r} is no shard", hint="write  --shard 2/5  for the second of five")
    return Shard(int(found[1]), int(found[2]))


def divide(operators: Mapping[str, int | None], count: int) -> tuple[tuple[str, ...], ...]:
    """The models of each shard, in the order of the mapping: the largest first, each into the lightest shard so far.

    None, for a model that was never drawn, counts as the median of the others. Equal models go by their names, equal
    shards by their numbers, so that the order of the config does not matter.
    """
    known = [size for size in operators.values() if size is not None]
    middle = sorted(known)[(len(known) - 1) // 2] if known else 1  # `statistics` is slow to import
    sizes = {name: middle if size is None else size for name, size in operators.items()}
    loads, parts = [0] * count, {}
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        lightest = min(range(count), key=lambda index: (loads[index], index))
        # A model costs something even if it has no operators: a process, at least.
        loads[lightest] += max(1, sizes[name])
        parts[name] = lightest
    return tuple(tuple(name for name in sizes if parts[name] == index) for index in range(count))
