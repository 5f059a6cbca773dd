"""The numbers of all pictures → the rows of a table, each with its bar and who misses it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from measure_picture import Measure

from nnviz_action.drawing.overview import MOST
from nnviz_action.render.overview import SIDE

MOST_NAMED = 12  # of those that miss a bar
MOST_ARROWS = 3  # of each of these
FEW = 1e-9


@dataclass(frozen=True)
class Row:
    """What is asked, the bar, what was measured, whether that reaches it (None: no bar), and the worst in words."""

    what: str
    bar: str
    measured: str
    holds: bool | None
    worst: tuple[str, ...] = ()


def rows(measures: Sequence[Measure], before: Mapping[str, Measure]) -> Iterator[Row]:
    """All rows; `before` are pictures of other code by name."""
    done = [m for m in measures if not m.error]
    failed = tuple(f"{m.name}: {m.error}" for m in measures if m.error)
    yield Row("pictures", "all", f"{len(done)} of {len(measures)}", not failed, failed)
    if not done:
        return
    yield _arrows(done, "pairs", "arrows between only neighbours: straight to the pixel", 1)
    yield Row("such neighbours that a change of columns parts", "", f"{sum(m.cut for m in done)}", None)
    yield _arrows(done, "spines", "arrows of main paths beside a shortcut: straight", 0.95)
    yield _arrows(done, "projected", "the same where the shortcut has a layer of its own", None)
    yield _arrows(done, "framed", "arrows within a module that stay inside its frame", 1)
    yield _mixed(done)
    yield from _against(done, before)
    tallest = sorted(done, key=lambda m: -m.height)
    told = f"{median(m.height for m in done):.0f}, {tallest[0].height} px"
    yield Row(
        "height, median and most", "", told, None, tuple(f"{m.name}: {m.width} × {m.height} px" for m in tallest)
    )
    yield _least(done, "blank tiles, median", lambda m: m.blank, 0.35)
    yield _text(done)
    for what in ("parameters", "macs"):
        yield _shown(done, what, 0.9)
        yield _shown(done, f"{what} by example", None)
    large = sorted((m for m in done if m.kilobytes > 500), key=lambda m: -m.kilobytes)
    worst = tuple(f"{m.name}: {m.kilobytes:.0f} kB" for m in large)
    yield Row("size of a PNG, most", "≤ 500 kB", f"{max(m.kilobytes for m in done):.0f} kB", not worst, worst)
    flawed = tuple(f"{m.name}: {flaw}" for m in done for flaw in m.flaws)
    yield Row("flaws that `render.review` finds", "0", str(len(flawed)), not flawed, flawed)
    yield from _overlaps(done)
    yield from _overview([m for m in done if m.overview])
    boxes = [m.boxes for m in done]
    yield Row("boxes, median and most", "≤ 60", f"{median(boxes):.0f}, {max(boxes)}", max(boxes) <= 60)


def _arrows(done: Sequence[Measure], name: str, what: str, bar: float | None) -> Row:
    good, total = (sum(getattr(m, side)[name] for m in done) for side in ("good", "all"))
    share = good / total if total else 1.0
    missing = sorted((m for m in done if m.missed[name]), key=lambda m: -len(m.missed[name]))
    worst = tuple(
        f"{m.name}: {len(m.missed[name])} of {m.all[name]}: {'; '.join(m.missed[name][:MOST_ARROWS])}"
        for m in missing
    )
    measured = (
        f"{good} of {total} ({100 * share:.1f} %), {len(done) - len(missing)} of {len(done)} pictures without a miss"
    )
    text = "" if bar is None else "100 %" if bar == 1 else f"≥ {100 * bar:.0f} %"
    return Row(what, text, measured, None if bar is None else share >= bar, worst)


def _mixed(done: Sequence[Measure]) -> Row:
    worst = tuple(f"{m.name}: {', '.join(m.mixed)}" for m in done if m.mixed)
    count = sum(len(m.mixed) for m in done)
    what = "classes open here and closed there at the same depth without a mark"
    return Row(what, "0", f"{count} in {len(worst)} pictures", not count, worst)


def _overview(done: Sequence[Measure]) -> Iterator[Row]:
    if done:
        large = [m for m in done if m.overview[0] > MOST or max(m.overview[1:]) > SIDE]
        wrong = tuple(f"{m.name}: {m.overview[0]} boxes, {m.overview[1]} × {m.overview[2]} px" for m in large)
        bar, told = f"every model, ≤ {MOST} boxes, ≤ {SIDE} × {SIDE} px", f"{len(done) - len(large)} of {len(done)}"
        boxes, tall = (median(m.overview[i] for m in done) for i in (0, 2))
        yield Row("overview", bar, f"{told}; median {boxes:.0f} boxes, {tall:.0f} px high", not large, wrong)
        flawed = tuple(f"{m.name}: {flaw}" for m in done for flaw in m.overview_flaws)
        yield Row("flaws of overviews that `render.review` finds", "0", str(len(flawed)), not flawed, flawed)


def _overlaps(done: Sequence[Measure]) -> Iterator[Row]:
    for what in done[0].overlaps:
        count = sum(len(m.overlaps[what]) for m in done)
        worst = sorted((m for m in done if m.overlaps[what]), key=lambda m: -len(m.overlaps[what]))
        told = tuple(f"{m.name}: {len(m.overlaps[what])}: {'; '.join(m.overlaps[what][:MOST_ARROWS])}" for m in worst)
        yield Row(what, "0", f"{count} in {len(worst)} pictures", not count, told)


def _against(done: Sequence[Measure], before: Mapping[str, Measure]) -> Iterator[Row]:
    both = [(m, before[m.name]) for m in done if m.name in before and not before[m.name].error]
    if not both:
        return
    ratios = {m.name: m.height / old.height for m, old in both}
    areas = [m.width * m.height / (old.width * old.height) for m, old in both]
    high = sorted(ratios, key=lambda name: -ratios[name])
    worst = tuple(f"{name}: {ratios[name]:.2f} ×" for name in high if ratios[name] > 1)
    middle = median(ratios.values())
    yield Row(
        "height against before, median", "≤ 0.65 ×", f"{middle:.2f} ×, {len(both)} pictures", middle <= 0.65, worst
    )
    yield Row("area against before, median", "", f"{median(areas):.2f} ×", None)


def _least(done: Sequence[Measure], what: str, number: Callable[[Measure], float], bar: float) -> Row:
    middle = median(number(m) for m in done)
    over = sorted((m for m in done if number(m) > bar), key=lambda m: -number(m))
    worst = tuple(f"{m.name}: {100 * number(m):.0f} %" for m in over)
    measured = f"{100 * middle:.1f} %, {len(over)} of {len(done)} above"
    return Row(what, f"≤ {100 * bar:.0f} %", measured, middle <= bar, worst)


def _text(done: Sequence[Measure]) -> Row:
    small = sorted((m for m in done if m.text < 9.5 - FEW), key=lambda m: m.text)
    share, least = 1 - len(small) / len(done), min(m.text for m in done)
    worst = tuple(f"{m.name}: {m.text:.1f} px, {m.width} px wide" for m in small)
    measured = f"{100 * share:.1f} % of pictures, least {least:.1f} px"
    holds = share >= 0.95 and least >= 8
    return Row("smallest text at 900 px", "≥ 9.5 px in 95 %, never < 8", measured, holds, worst)


def _shown(done: Sequence[Measure], what: str, bar: float | None) -> Row:
    counted, _, by = what.partition(" ")
    told = f"share of {counted} in boxes that are no closed modules" + (", or built like an open one" if by else "")
    known = [m for m in done if what in m.shown]
    if not known:
        return Row(told, "", "none has any", None)
    middle = median(m.shown[what] for m in known)
    low = sorted((m for m in known if m.shown[what] < 0.9), key=lambda m: m.shown[what])
    worst = tuple(f"{m.name}: {100 * m.shown[what]:.0f} %" for m in low)
    measured = f"median {100 * middle:.1f} %, {len(low)} of {len(known)} below 90 %"
    return Row(
        told, f"≥ {100 * bar:.0f} %" if bar else "", measured, middle >= bar if bar else None, worst if bar else ()
    )


def table(found: Sequence[Row]) -> str:
    """As Markdown."""
    marks = {True: "yes", False: "**no**", None: ""}
    lines = ["| what | bar | measured | reached |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.bar} | {row.measured} | {marks[row.holds]} |" for row in found]
    return "\n".join(lines)


def offenders(found: Sequence[Row], most: int = MOST_NAMED) -> str:
    """Under each row the worst of it."""
    parts = []
    for row in found:
        if row.worst:
            more = [f"- … {len(row.worst) - most} others"] if len(row.worst) > most else []
            parts.append("\n".join([f"**{row.what}**", "", *(f"- {line}" for line in row.worst[:most]), *more]))
    return "\n\n".join(parts)
