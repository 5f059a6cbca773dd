"""The order of what does not depend on each other is no matter: the new graph's follows that of the old one."""

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nnviz_action.graph.digest import hash_of, node_hashes, used_in
from nnviz_action.graph.values import RECORDED, Graph, Module, Node

MOST_ANCHORS = 8
_Place = tuple[Module, ...]
_Item = int | _Place  # a node by its place in the graph, or a call of a module
_Names = dict[_Item, object]


def in_one_order(old: Graph, new: Graph) -> tuple[Graph, Graph]:
    """Both graphs, what was recorded in orders as alike as can be."""
    if not all(node.domain in RECORDED for graph in (old, new) for node in graph.nodes):
        return old, new
    nodes = _Sorter(new, _twins(old, new)).sorted(list(range(len(new.nodes))), 0)
    # The keys of a dict may stand in another order.
    outputs = old.outputs if sorted(old.outputs) == sorted(new.outputs) else new.outputs
    return old, replace(new, nodes=tuple(_numbered_anew(nodes)), outputs=outputs)


def _twins(old: Graph, new: Graph) -> dict[_Item, int]:
    """Where in the old graph things are: first those that say the same, then those that are called alike."""
    found: dict[_Item, int] = {}
    taken: set[_Item] = set()
    starts = _starts(old)
    for names_of in (_names_by_use, _exact_names, _names):
        free: dict[object, list[_Item]] = {}
        for item, name in reversed(names_of(old).items()):
            if item not in taken:
                free.setdefault(name, []).append(item)
        for item, name in names_of(new).items():
            if item not in found and free.get(name):
                twin = free[name].pop()
                taken.add(twin)
                found[item] = starts[twin]
    return found


def _starts(graph: Graph) -> dict[_Item, int]:
    """The place of each node, and of the first one in each call of a module."""
    found: dict[_Item, int] = {}
    for place, node in enumerate(graph.nodes):
        found[place] = place
        for depth in range(1, len(node.modules) + 1):
            found.setdefault(node.modules[:depth], place)
    return found


def _names_by_use(graph: Graph) -> _Names:
    """Of what does the same as others, by what it is used for as well."""
    hashes = node_hashes(graph)
    makers = {output: place for place, node in enumerate(graph.nodes) for output in node.outputs if output}
    uses: dict[int, list[tuple[str, int]]] = {}
    for node, own in zip(graph.nodes, hashes, strict=True):
        for argument, name in enumerate(node.inputs):
            uses.setdefault(makers.get(name, -1), []).append((own, argument))
    twice = {own for own, count in Counter(hashes).items() if count > 1}
    return {place: (own, tuple(sorted(uses.get(place, [])))) for place, own in enumerate(hashes) if own in twice}


def _exact_names(graph: Graph) -> _Names:
    """By all that they do and depend on."""
    names: _Names = dict(enumerate(node_hashes(graph)))
    inside: dict[_Place, list[object]] = {}
    for place, node in enumerate(graph.nodes):
        for depth in range(1, len(node.modules) + 1):
            inside.setdefault(node.modules[:depth], []).append(names[place])
    return names | {call: hash_of([call[-1].path, sorted(map(str, hashes))]) for call, hashes in inside.items()}


def _names(graph: Graph) -> _Names:
    """By where they are, what they are, and what is upstream; a call of a module by its path alone."""
    makers = {output: place for place, node in enumerate(graph.nodes) for output in node.outputs if output}
    anchors: list[list[str]] = []
    found: _Names = {}
    for place, node in enumerate(graph.nodes):
        known = {anchor for name in node.inputs for anchor in _anchors(name, node, graph, makers, anchors)}
        anchors.append(sorted(known)[:MOST_ANCHORS])
        paths = tuple(module.path for module in node.modules)
        found[place] = (paths, node.op, tuple(anchors[place]))
        for depth in range(1, len(paths) + 1):
            found.setdefault(node.modules[:depth], paths[:depth])
    return found


def _anchors(
    name: str, user: Node, graph: Graph, makers: dict[str, int], anchors: Sequence[list[str]]
) -> Sequence[str]:
    """What has a name of its own and is next upstream: modules, weights, inputs; else the function at the source."""
    if name not in makers:
        return [name]
    maker = graph.nodes[makers[name]]
    shared = sum(a == b for a, b in zip(maker.modules, user.modules, strict=False))
    if len(maker.modules) > shared:
        return [maker.modules[shared].path]
    return anchors[makers[name]] or [maker.op]


class _Sorter:
    """Sorts the nodes of a graph by where their twins are, each behind what it depends on."""

    def __init__(self, graph: Graph, twins: dict[_Item, int]) -> None:
        self._nodes, self._twins = graph.nodes, twins
        self._makers = {output: place for place, node in enumerate(graph.nodes) for output in node.outputs if output}

    def sorted(self, places: list[int], depth: int) -> list[Node]:
        """The nodes at these places, all in one module, other modules' calls in it kept together."""
        members: dict[_Item, list[int]] = {}
        for place in places:
            modules = self._nodes[place].modules
            members.setdefault(modules[: depth + 1] if len(modules) > depth else place, []).append(place)
        found: list[Node] = []
        for item in self._in_order(members):
            is_call = isinstance(item, tuple)
            found += self.sorted(members[item], depth + 1) if is_call else [self._nodes[members[item][0]]]
        return found

    def _in_order(self, members: dict[_Item, list[int]]) -> Iterator[_Item]:
        """What is new follows what it follows now. Modules that need each other, their calls entwined, come last."""
        items, rank, last = list(members), {}, -1
        for number, item in enumerate(items):
            last = self._twins.get(item, last)
            rank[item] = (last, number)
        home = {place: item for item, inside in members.items() for place in inside}
        needs = {item: self._needed(inside, home) - {item} for item, inside in members.items()}
        users: dict[_Item, list[_Item]] = {}
        for item, needed in needs.items():
            for need in needed:
                users.setdefault(need, []).append(item)
        ready = [rank[item] for item in items if not needs[item]]
        heapq.heapify(ready)
        left = dict.fromkeys(items)
        while ready:
            item = items[heapq.heappop(ready)[1]]
            del left[item]
            yield item
            for user in users.get(item, ()):
                needs[user].discard(item)
                if not needs[user]:
                    heapq.heappush(ready, rank[user])
        yield from left

    def _needed(self, places: list[int], home: dict[int, _Item]) -> set[_Item]:
        makers = (self._makers.get(name, -1) for place in places for name in used_in(self._nodes[place]))
        return {home[maker] for maker in makers if maker in home}


def _numbered_anew(nodes: Sequence[Node]) -> list[Node]:
    """The calls of a module counted in the order in which they are now."""
    places: dict[_Place, _Place] = {(): ()}
    calls: Counter[tuple[_Place, str]] = Counter()
    for node in nodes:
        for depth in range(1, len(node.modules) + 1):
            place = node.modules[:depth]
            if place not in places:
                above, path = places[place[:-1]], place[-1].path
                places[place] = (*above, replace(place[-1], call=calls[above, path]))
                calls[above, path] += 1
    return [replace(node, modules=places[node.modules]) for node in nodes]
