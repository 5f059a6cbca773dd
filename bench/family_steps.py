"""What a diff says of steps within families of models, both ways, and what load_state_dict makes of old weights.

The models are those of tests/diff/families.py, as transformers, torchvision and peft make them. Without arguments all
are compared, and every line that a reader is told goes to bench/families.md; words choose those whose names hold one,
and nothing is written.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests" / "diff"), str(HERE.parent / "tests"), str(HERE.parent / "examples")]

from families import MOST, Family, applicable  # noqa: E402
from loading import maps, really_loads  # noqa: E402

from nnviz_action.comparison import diff  # noqa: E402
from nnviz_action.comparison.changes import GraphDiff  # noqa: E402
from nnviz_action.report.changes import sentence, weight  # noqa: E402
from nnviz_action.report.checkpoint_text import summary  # noqa: E402

Row = tuple[str, str, str]


def rows(words: tuple[str, ...] = ()) -> list[Row]:
    """How many lines, how many verdicts agree with torch, how many functions map what they say."""
    lines, agree, mapped, texts = [], [], [], []
    for name, family in applicable().items():
        if words and not any(word in name for word in words):
            continue
        graphs = family.graphs()
        for arrow, turned in (("→", False), ("←", True)):
            found = diff(*(graphs[::-1] if turned else graphs))
            lines.append(len(found.changes))
            agree.append(_agrees(family, found, turned))
            mapped += _maps(family, found, turned)
            texts.append("\n".join([f"## {name} {arrow}\n", "```text", *_said(found), "```\n"]))
            print(
                f"{name} {arrow}: {lines[-1]} lines, verdict {'agrees' if agree[-1] else 'DIFFERS'}", file=sys.stderr
            )
    if words:
        print("\n".join(texts))
    else:
        (HERE / "families.md").write_text(f"{_HEADING}\n{chr(10).join(texts)}", encoding="utf-8")
    count = f"{len(lines)} steps within families of models"
    return [
        (f"lines told of {count}", f"≤ {MOST}", f"{max(lines)} at most, median {median(lines):g}"),
        (f"verdicts on checkpoints of {count}, against `load_state_dict(strict=True)`", "100 %",
         f"{sum(agree)} of {len(agree)}"),
        ("functions that map every key: strict load, and equal outputs where only names changed", "100 %",
         f"{sum(mapped)} of {len(mapped)}"),
    ]  # fmt: skip


_HEADING = (
    "# What a reader is told\n\nBy `bench/family_steps.py`: every line of `diff`, before → after and back, and the verdict "
    "on old weights.\n"
)


def _agrees(family: Family, found: GraphDiff, turned: bool) -> bool:
    old, new = (family.after, family.before) if turned else (family.before, family.after)
    return found.checkpoint is not None and found.checkpoint.loads == really_loads(old, new, fake=family.fake)


def _maps(family: Family, found: GraphDiff, turned: bool) -> Iterator[bool]:
    """Nothing where some key is not mapped, or where the models are too large to be run."""
    old, new = (family.after, family.before) if turned else (family.before, family.after)
    if family.is_small and found.checkpoint is not None and found.checkpoint.is_mapped:
        yield maps(old, new, family.inputs, found)


def _said(found: GraphDiff) -> Iterator[str]:
    for change in found.changes:
        yield f"{sentence(change)}{f'  [{size}]' if (size := weight(change)) else ''}"
    yield f"checkpoints: {summary(found.checkpoint)}" if found.checkpoint else "checkpoints: not known"


if __name__ == "__main__":
    for what, bar, measured in rows(tuple(sys.argv[1:])):
        print(f"| {what} | {bar} | {measured} |")
