"""A module, a function or an end of the graph: what is matched and compared."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from nnviz_action.comparison.facts import TYPE, Facts
from nnviz_action.comparison.options import attribute_default
from nnviz_action.drawing.boxes import Box
from nnviz_action.drawing.contents import contents
from nnviz_action.graph.numbers import Numbers

MOST_WITHIN = 8  # modules in a wrapper that may be what it was put around


@dataclass(frozen=True)
class Slot:
    """Something that a part receives: from which box, and which of its values, or by which name of a weight."""

    source: str
    what: str


@dataclass(eq=False)
class Part:
    """A module, a function outside of a leaf module, or an input or output of the graph.

    `name` is its own, `kind` its class (or the function), of which `full_kind` tells the package as well. `slots` are
    what it receives and `inputs` the types of that, `call` is which call of the module it is; `is_free` tells that
    the order of the slots is no matter. Only a leaf has a box and facts; `weights` names those that it uses.
    """

    name: str
    path: str
    kind: str
    is_module: bool
    children: "list[Part]" = field(default_factory=list)
    box: Box | None = None
    facts: Facts | None = None
    slots: tuple[Slot, ...] = ()
    inputs: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    parent: "Part | None" = None
    call: int = 0
    is_free: bool = False
    full_kind: str = ""
    weights: tuple[str, ...] = ()

    def add(self, child: "Part") -> None:
        """Put a part into this one, behind the others."""
        self.children.append(child)
        child.parent = self

    @property
    def short_kind(self) -> str:
        """The class without its package."""
        return self.kind.rpartition(".")[2]

    @property
    def is_end(self) -> bool:
        """Whether it is an input or output of the graph."""
        return self.kind in ("input", "output") and self.box is not None and self.box.kind == "io"

    def short_path(self, home: str) -> str:
        """Its path as seen from a module around it; functions without their number."""
        path = self.path.removeprefix(f"{home}.") if home else self.path
        return path if self.is_module else path.replace("()", "")

    @property
    def short_name(self) -> str:
        """Its own name, a function's with brackets."""
        return self.name if self.is_module else f"{self.name}()"

    @property
    def has_weights(self) -> bool:
        """Whether it is a leaf with weights of its own."""
        return self.facts is not None and TYPE in self.facts.firm

    @property
    def types(self) -> tuple[str, ...]:
        """Of what a leaf gives."""
        return self.facts.types if self.facts else ()

    @property
    def loose(self) -> Hashable:
        """What a leaf is told that may follow from sizes; of what is made of nothing, what results."""
        if self.facts is None:
            return ()
        is_source = not self.slots and not self.is_module
        return tuple(self.facts.loose.items()), self.types if is_source else ()

    @cached_property
    def stem(self) -> str | None:
        """What precedes the index of a module in a row: `layers.` of `layers.3`; None without an index."""
        head, dot, last = self.name.rpartition(".")
        return f"{head}{dot}" if self.is_module and last.isdecimal() else None

    @property
    def index(self) -> int | None:
        """The last number of `layers.3`; None where there is no stem."""
        return None if self.stem is None else int(self.name.rpartition(".")[2])

    @property
    def called(self) -> str:
        """Its class, or the function with brackets."""
        return self.short_kind if self.is_module else f"{self.kind}()"

    @property
    def about(self) -> str:
        """What there is to know of it: a layer's options, what a module holds."""
        if self.box is None:
            return " · ".join(contents([leaf.box for leaf in self.leaves() if leaf.box], 0))
        if self.short_kind == "GroupNorm" and self.facts is not None and "groups" in self.facts.firm:
            return f"{self.facts.firm['groups']} groups"
        if self.box.title.startswith("["):
            return self.box.title  # the part that is taken of a value
        if self.facts is None or len(self.box.rows) <= self.has_weights:
            return ""  # the one line is that of its weights
        said = self.box.rows[0].split(", ")
        return ", ".join(text for text in said if not self._is_granted(*text.partition(" ")[::2]))

    def _is_granted(self, label: str, value: str) -> bool:
        """Whether an option is what goes without saying; some are worth their place in any case."""
        made_of = self.facts.made_of if self.facts else ()
        return bool(value) and label not in ("dim", "p") and attribute_default(made_of, label) == value

    @property
    def key(self) -> str:
        """That of the box of a leaf."""
        assert self.box is not None
        return self.box.key

    def leaves(self) -> "Iterator[Part]":
        """All leaves, in order."""
        if self.box is not None:
            yield self
        for child in self.children:
            yield from child.leaves()

    @cached_property
    def content(self) -> int:
        """Equal for parts that say the same but for their own names, what they receive, and sizes that follow."""
        if self.facts is not None:
            return hash((self.kind, self.is_module, self.facts.key()))
        return hash((self.kind, self.is_module, tuple((c.name * c.is_module, c.content) for c in self.children)))

    @cached_property
    def content_of_facts(self) -> int:
        """Equal for layers and functions that do the same."""
        return hash(self.facts.key()) if self.facts is not None else 0

    @cached_property
    def surroundings(self) -> Counter[str]:
        """What is around it, how often."""
        return Counter(self.context)

    @cached_property
    def modules_within(self) -> "tuple[Part, ...]":
        """The modules in it that hold others, as deep as wrappers go."""
        inner = [child for child in self.children if child.box is None]
        return tuple(islice((part for part in within(inner) if part.box is None), MOST_WITHIN))

    @cached_property
    def child_names(self) -> frozenset[str]:
        """The names of the modules directly in it."""
        return frozenset(child.name for child in self.children if child.is_module)

    @cached_property
    def child_contents(self) -> frozenset[int]:
        """What the layers directly in it say."""
        return frozenset(child.content for child in self.children if child.box is not None)

    @cached_property
    def child_kinds(self) -> frozenset[str]:
        """The classes of the modules directly in it."""
        return frozenset(child.kind for child in self.children if child.is_module)

    @cached_property
    def places(self) -> dict[int, int]:
        """The how manieth each part directly in it is, by its id."""
        return {id(child): place for place, child in enumerate(self.children)}

    @cached_property
    def size(self) -> int:
        """Leaves in it."""
        return sum(1 for _ in self.leaves())

    @cached_property
    def bag(self) -> Counter[int]:
        """What its leaves say, how often."""
        return Counter(leaf.content for leaf in self.leaves())

    @cached_property
    def kinds(self) -> Counter[str]:
        """What its leaves are, how often."""
        return Counter(leaf.kind for leaf in self.leaves())

    @cached_property
    def numbers(self) -> Numbers:
        """Of all its leaves."""
        return sum((leaf.box.numbers for leaf in self.leaves() if leaf.box), Numbers())


def within(parts: Sequence[Part]) -> Iterator[Part]:
    """These parts and all in them, in order."""
    stack = [*reversed(parts)]
    while stack:
        part = stack.pop()
        yield part
        stack += reversed(part.children)


def outermost(part: Part, gone: Set[int]) -> list[Part]:
    """A part, or what is left of it where something in it is accounted for (by id)."""
    states: dict[int, set[bool]] = {}  # of each part, whether it and what is in it is accounted for
    for inner in reversed(list(within([part]))):
        states[id(inner)] = {id(inner) in gone}.union(*(states[id(child)] for child in inner.children))
    found, stack = [], [part]
    while stack:
        current = stack.pop()
        if states[id(current)] == {False}:
            found.append(current)
        elif states[id(current)] != {True}:
            stack += reversed(current.children)
    return found


def listed(names: Sequence[str]) -> str:
    """`q, k and v`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
