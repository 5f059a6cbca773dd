"""Box → card: its lines, and how much room they take."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.pairs import JOINT
from nnviz_action.graph.number_text import short
from nnviz_action.render import style
from nnviz_action.render.text import clean, shorten, width

GAP = 14  # between a text at the left and one at the right
DOT = 10.0  # size of the small marks at which arrows meet
_TELLING = ("convolution", "linear", "attention", "normalisation", "recurrent")
_ALWAYS_CARDS = ("convolution", "linear", "attention", "recurrent", "embedding", "module", "changed")
# Weights as such a layer has them in any case: their shapes follow from what else stands on the card.
_USUAL_WEIGHTS = re.compile(
    r"((in_proj_|out_proj\.)?(weight|bias)(, bias)?( … bias)? [\d×]+( · )?)+\Z"
    r"|((weight|bias)_[ih]h_l\d+(_reverse)?(, | … )?)+ [\d×]+( · |\Z)"
)
_NUMBERED = re.compile(r"\[\d+\] (.+)")  # what an arrow says of one of several values


@dataclass(frozen=True)
class Card:
    """A box with its size in pixels. `count` is the number of its parameters, `gives` the shape of its result;
    `rows` are pairs of a text at the left and one at the right."""

    box: Box
    title: str
    subtitle: str
    count: str
    gives: str
    rows: tuple[tuple[str, str], ...]
    width: float
    height: float

    @property
    def is_dot(self) -> bool:
        """Whether it is but a mark at which arrows meet."""
        return self.box.kind == "entry"

    @property
    def is_pill(self) -> bool:
        """Whether all of it stands in one line."""
        return not self.rows


@dataclass(frozen=True)
class Limits:
    """Widths in pixels. With `every_shape` also what keeps the shape that it takes says it."""

    line: float
    row: float  # from which on what a card gives stands in a line of its own
    pill: float  # from which on a box with a single line is no pill
    pill_with_shape: float  # the same for one that has no line, and says what it gives
    end: float = float("inf")  # from which on the shape of an input or output stands below its name
    every_shape: bool = False
    several: bool = False  # where no arrow has a label: the card tells the shapes of several results, too


MOST_SHAPES = 3  # of results that a card tells one by one
WIDE = Limits(style.LONGEST_TEXT, 215, 235, float("inf"))
NARROW = Limits(170, 150, 130, 170)  # where branches stand side by side
SLIM = Limits(130, 110, 90, 110, end=150)  # where many do


def cards_of(drawing: Drawing, limits: Limits = WIDE) -> dict[str, Card]:
    """The cards of all boxes, by their keys."""
    usual = usual_type(drawing)
    return {box.key: card(box, _given(box, drawing, usual, limits), limits) for box in drawing.boxes}


def usual_type(drawing: Drawing) -> str:
    """The type of most values' elements, such as `f32`: said once, and at no box. Empty where none is known."""
    types = Counter(type_of(arrow.label) for arrow in drawing.arrows)
    types.pop("", None)
    return max(types, key=lambda name: types[name], default="")


def type_of(label: str) -> str:
    """The type at the end of what stands at an arrow: `f32` of `1×64×56×56 f32`."""
    last = label.rpartition(" ")[2]
    return last if re.fullmatch(r"[a-z]+\d*(e\d+m\d+\w*)?", last) else ""


def without_type(label: str, usual: str) -> str:
    """A label that leaves out the type of most values."""
    return label.removesuffix(f" {usual}") if usual and label != usual else label


def distinct(arrows: Iterable[Arrow]) -> list[str]:
    """What stands at arrows, each once."""
    return list(dict.fromkeys(arrow.label for arrow in arrows if arrow.label))


def shared_type(arrows: Iterable[Arrow]) -> str:
    """The type of all values of a box that gives several, such as `[0] 2×4 f32` and `[1] 2×4 f32`; empty where they
    differ. The card says it once, and the arrows only say which value they carry."""
    lines = {line for arrow in arrows if arrow.label for line in arrow.value.split("\n")}
    types = {found[1] if (found := _NUMBERED.fullmatch(line)) else "" for line in lines}
    return types.pop() if len(lines) > 1 == len(types) else ""


def _given(box: Box, drawing: Drawing, usual: str, limits: Limits) -> str:
    """The shape of a box's result, unless it is that of what it takes, or there are several that arrows tell."""
    taken, given = distinct(drawing.entering(box.key)), distinct(drawing.leaving(box.key))
    shapes = list(dict.fromkeys(without_type(line, usual) for label in given for line in label.split("\n")))
    if limits.several and len(shapes) > 1:
        return f"→ {', '.join(shapes) if len(shapes) <= MOST_SHAPES else f'{shapes[0]} … {shapes[-1]}'}"
    if box.kind == "io":
        labels = [part for label in given or taken for part in label.split("\n")]
        return without_type(labels[0], usual) if len(set(labels)) == 1 else ""  # several share a box
    if each := shared_type(drawing.leaving(box.key)):
        return f"→ each {without_type(each, usual)}"
    told = given == taken and box.kind != "entry" and not limits.every_shape
    if len(given) != 1 or told or "\n" in given[0]:
        return ""
    return f"→ {without_type(given[0], usual)}"


def card(box: Box, gives: str = "", limits: Limits = WIDE) -> Card:
    """The card of a box that gives a value of this shape."""
    if box.kind == "entry":
        return Card(box, "", "", "", "", (), DOT, DOT)
    title = shorten(
        clean(f"{style.KINDS[box.kind].mark} {box.title}".strip()), style.WIDEST * 0.8, style.TEXT_SIZE, bold=True
    )
    said = _class_name(box)
    subtitle, gives = shorten(clean(said), style.LONGEST_TEXT, style.SMALL_SIZE), clean(gives)
    count, lines = _count(box), list(_lines(box, limits))
    inline = _bar(title, subtitle, count) + sum(
        GAP + width(text, style.SMALL_SIZE) for text in (*lines, gives) if text
    )
    if box.kind == "io" and inline > limits.pill and "." in box.title and ", " not in box.title:
        title, _, rest = title.rpartition(".")  # a field of a field of a result
        lines = [f".{rest}", *lines]
    is_layer = box.kind in _ALWAYS_CARDS or (box.kind == "function" and box.numbers.parameters)
    plain = not is_layer or not (lines or gives)
    most = limits.end if box.kind == "io" else limits.pill_with_shape
    short = width(gives, style.SMALL_SIZE) <= style.LONGEST_TEXT and (inline <= most or not gives)
    if plain and short and (not lines or (len(lines) == 1 and inline <= limits.pill)):
        joint = JOINT if box.kind == "function" else " "  # a function is no option of its layer's
        shown = joint.join(filter(None, [subtitle, *lines]))
        return Card(box, title, shown, count, gives, (), round(inline + 2 * style.PADDING + 8), style.PILL)
    if _bar(title, subtitle, count) > limits.row and subtitle:
        lines, subtitle = [subtitle, *lines], ""  # a long class name gets a line of its own
    bar = _bar(title, subtitle, count)
    rows = tuple(_rows(lines, gives, max(bar, limits.row)))
    body = max(_pair(left, right) for left, right in rows)
    height = style.BAR + len(rows) * style.ROW + style.PADDING * 0.75
    return Card(box, title, subtitle, count, gives, rows, round(max(bar, body) + 2 * style.PADDING + 2), height)


def _class_name(box: Box) -> str:
    """The class, unless the name says it already: of `bn · relu` that of `bn` alone."""
    names, classes = box.title.split(JOINT), box.subtitle.split(JOINT)
    if len(names) != len(classes):
        return box.subtitle
    return JOINT.join(kind for name, kind in zip(names, classes, strict=True) if name.lower() != kind.lower())


def _bar(title: str, subtitle: str, count: str) -> float:
    """The width of the title bar."""
    more = sum(GAP * 0.7 + width(text, style.SMALL_SIZE) for text in (subtitle, count) if text)
    return width(title, style.TEXT_SIZE, bold=True) + more


def _pair(left: str, right: str) -> float:
    gap = GAP if left and right else 0
    return width(left, style.SMALL_SIZE) + gap + width(right, style.SMALL_SIZE)


def _lines(box: Box, limits: Limits) -> Iterator[str]:
    """What stands below the title, without weights that tell nothing new."""
    told = box.kind == "normalisation" or (box.kind in _TELLING and len(box.rows) > 1)
    for row in box.rows:
        if row and not (told and _USUAL_WEIGHTS.match(row)):
            yield from wrap(clean(row), limits.line)


def _rows(lines: list[str], gives: str, room: float) -> Iterator[tuple[str, str]]:
    """The lines, and at the end of the last, or below it, what the box gives."""
    lines = lines or [""]
    fits = _pair(lines[-1], gives) <= room
    for index, line in enumerate(lines):
        yield line, gives if fits and index == len(lines) - 1 else ""
    if gives and not fits:
        yield from (("", part) for part in wrap(gives, style.LONGEST_TEXT, behind="×"))


def _count(box: Box) -> str:
    if not box.numbers.parameters:
        return ""
    part = short(box.numbers.parameters // box.shares)
    return f"{box.shares} × {part}" if box.shares > 1 else part


def wrap(text: str, limit: float, size: float = style.SMALL_SIZE, behind: str = r"[·,] +") -> list[str]:
    """Lines no wider than `limit` pixels, broken `behind` a separator where that is possible."""
    lines: list[str] = []
    for word in re.findall(rf".+?(?:{behind}|$)", text):
        fits = lines and width((lines[-1] + word).rstrip(), size) <= limit
        lines = [*lines[:-1], lines[-1] + word] if fits else [*lines, word]
    return [part for line in lines for part in _pieces(line.rstrip(), limit, size)]


def _pieces(line: str, limit: float, size: float) -> Iterator[str]:
    """A line in pieces, broken behind a space or a dot if there is one, else wherever it must be."""
    while width(line, size) > limit:
        fits = bisect_right(range(1, len(line)), limit, key=lambda end: width(line[:end], size)) or 1
        fits = max(line.rfind(" ", 0, fits), line.rfind(".", 0, fits)) + 1 or fits
        yield line[:fits].rstrip()
        line = line[fits:]
    yield line
