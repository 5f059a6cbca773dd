"""What parts stand between: the nearest layers up and down the stream that both graphs have."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from nnviz_action.comparison.parts import Part

Keys = frozenset[str]
MOST_KEYS = 16  # that tell a place; more say no more


@dataclass
class Flow:
    """One graph: its leaves, and the names that both graphs know of those that tell a place."""

    leaves: Mapping[str, Part]
    names: Mapping[str, str]
    _before: dict[str, Keys] = field(default_factory=dict)
    _behind: dict[str, Keys] = field(default_factory=dict)

    def around(self, part: Part) -> tuple[Keys, Keys]:
        """What is next before a part, and next behind it."""
        keys = [leaf.key for leaf in part.leaves()]
        return self._nearest(keys, self._sources, self._before), self._nearest(keys, self._users, self._behind)

    def connected(self, part: Part) -> tuple[set[str], set[str]]:
        """All that comes before a part, and all behind it."""
        sides = self.upstream(part), self._all(part, self._users)
        before, behind = ({self.names[key] for key in keys if key in self.names} for keys in sides)
        return before, behind

    def upstream(self, part: Part) -> set[str]:
        """The keys of all that a part depends on, and its own."""
        return self._all(part, self._sources)

    def _all(self, part: Part, following: Callable[[str], list[str]]) -> set[str]:
        found = dict.fromkeys(leaf.key for leaf in part.leaves())
        queue = list(found)
        for key in queue:
            more = [k for k in following(key) if k in self.leaves and k not in found]
            found |= dict.fromkeys(more)
            queue += dict.fromkeys(more)
        return set(found)

    def _sources(self, key: str) -> list[str]:
        return [slot.source for slot in self.leaves[key].slots if not slot.what.startswith("tied")]

    def _users(self, key: str) -> list[str]:
        return self._all_users.get(key, [])

    @cached_property
    def _all_users(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key in self.leaves:
            for source in self._sources(key):
                found.setdefault(source, []).append(key)
        return found

    def _nearest(self, keys: Iterable[str], following: Callable[[str], list[str]], seen: dict[str, Keys]) -> Keys:
        for key in keys:
            self._look(key, following, seen)
        return _few(name for key in keys for name in seen[key])

    def _look(self, start: str, following: Callable[[str], list[str]], seen: dict[str, Keys]) -> None:
        """Depth first; a chain may be longer than Python's stack."""
        stack, entered = [start], {start}
        while stack:
            others = [key for key in following(stack[-1]) if key in self.leaves]
            first = next((k for k in others if k not in self.names and k not in seen and k not in entered), None)
            if first is not None:
                stack.append(first)
                entered.add(first)
                continue
            known = (frozenset({self.names[k]}) if k in self.names else seen.get(k, frozenset()) for k in others)
            seen[stack.pop()] = _few(name for names in known for name in names)


def _few(names: Iterable[str]) -> Keys:
    """The same ones of many in both graphs."""
    found = set(names)
    return frozenset(found if len(found) <= MOST_KEYS else sorted(found)[:MOST_KEYS])
