"""Diffs as people and machines read them."""

import json

import pytest

from nnviz_action.comparison.changes import Change, GraphDiff
from nnviz_action.comparison.model_diffs import Comparison, ModelDiff, State
from nnviz_action.graph.numbers import Numbers
from nnviz_action.report.changes import deltas, percent, sentence, weight
from nnviz_action.report.diff_formats import REPORTERS

CONV = Change("changed", "a.conv", "Conv2d", ("kernel 3 → 5",), before=Numbers(1000), after=Numbers(3000))


@pytest.mark.parametrize(
    ("change", "said", "size"),
    [
        (CONV, "~ a.conv (Conv2d): kernel 3 → 5", "1.00 k → 3.00 k"),
        (Change("added", "a.se", "SE", ("Linear ×2",), after=Numbers(5)), "+ a.se (SE): Linear ×2", "+5"),
        (Change("removed", "a.add()", ""), "- a.add()", ""),
        (Change("removed", "a", "Linear", before=Numbers(5)), "- a (Linear)", "−5"),
        (Change("renamed", "new", "Linear", was="old"), "~ new (Linear): was old", ""),
        (Change("changed", "b.0.c", "C", ("x",), places=("b.0.c", "b.1.c", "b.2.c")), "~ b.{0…2}.c (C ×3): x", ""),
    ],
)
def test_a_change_in_a_line(change: Change, said: str, size: str) -> None:
    assert (sentence(change), weight(change)) == (said, size)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (100, 100, ""),
        (100, 136, "+36 %"),
        (1000, 967, "−3.3 %"),
        (0, 5, "new"),
        (1_000_000, 1_000_001, "+0.0001 %"),
        (10**9, 10**9 - 1, "−<0.0001 %"),
        (5, 0, "−100 %"),
    ],
)
def test_per_cent(before: int, after: int, said: str) -> None:
    assert percent(before, after) == said


def test_numbers_that_one_side_does_not_know_are_left_out() -> None:
    assert [str(d) for d in deltas({"parameters": 1000}, {"parameters": 2000, "macs": 3})] == [
        "1.00 k → 2.00 k (+100 %)"
    ]


MODELS = (
    ModelDiff(
        "net",
        State.CHANGED,
        GraphDiff((CONV,), inputs=({"x": "2 f32"}, {"x": "3 f32"}), reshaped=4),
        before={"parameters": 1000, "macs": 10, "activations": 10},
        after={"parameters": 3000, "macs": 10, "activations": 10},
        autograd=True,
    ),
    ModelDiff("same", State.SAME),
    ModelDiff("fresh", State.ADDED, after={"parameters": 12}),
    ModelDiff("a_b", State.RENAMED, was="b"),
)


def report(style: str, capsys: pytest.CaptureFixture[str], *models: ModelDiff) -> str:
    REPORTERS[style](Comparison("main", "work", models))
    return capsys.readouterr().out


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert report("text", capsys, *MODELS).splitlines() == [
        "net  changed",
        "  parameters           1.00 k → 3.00 k      +200 %",
        "  input x          2 f32 → 3 f32",
        "  ~ a.conv  Conv2d  kernel 3 → 5  [1.00 k → 3.00 k]",
        "    4 values have other shapes or types for it",
        "",
        "fresh  new: 12 parameters",
        "",
        "a_b  renamed, was b",
        "",
        "3 of 4 models differ between main and work",
    ]


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert report("markdown", capsys, *MODELS).splitlines() == [
        "### nnviz: `net`, `a_b` changed, `fresh` is new, 1 other unchanged ✓",
        "",
        "| model | parameters | MACs | activations | size of weights | output |",
        "|---|---|---|---|---|---|",
        "| **net** | 1.00 k → 3.00 k (+200 %) | 10 MACs | 10 B |  | unchanged |",
        "| **fresh** | 12 |  |  |  | new |",
        "",
        "#### net",
        "",
        "- \\~ `a.conv` Conv2d: kernel 3 → 5 \\(1.00 k → 3.00 k\\)",
        "",
        "#### fresh",
        "",
        "new: 12 parameters",
        "",
        r"#### a\_b",
        "",
        "renamed, was b",
        "",
        "<sub>compared: main with work</sub>",
    ]
    assert report("markdown", capsys, MODELS[1]).startswith(
        "### nnviz: no architecture changed, 1 model unchanged ✓\n"
    )


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(report("json", capsys, *MODELS))
    assert [m["state"] for m in data["models"]] == ["changed", "same", "added", "renamed"]
    assert data["models"][0]["changes"][0]["text"] == "~ a.conv (Conv2d): kernel 3 → 5"
    assert data["models"][0]["inputs"] == {"before": {"x": "2 f32"}, "after": {"x": "3 f32"}}


def test_a_failure_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert "net  no ONNX file" in report("text", capsys, ModelDiff("net", State.FAILED, error="no ONNX file"))
