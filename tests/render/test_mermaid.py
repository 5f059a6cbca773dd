"""Flowcharts for GitHub: names never become syntax, and what GitHub would not draw is not sent."""

import re

import pytest
from graphs import chain, row, scopes

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.render.mermaid import MOST_CHARACTERS, MOST_EDGES, to_mermaid


def test_a_chain_in_modules() -> None:
    assert to_mermaid(chain("a.first", "a.second", "last")).splitlines()[1:] == [
        "flowchart TD",
        'n2("last")',
        'subgraph m1 ["a A"]',
        'n0("first")',
        'n1("second")',
        "end",
        'n0 -->|"2×4 f32"| n1',
        'n1 -->|"2×4 f32"| n2',
        "classDef frame fill:transparent,stroke:#8C959F,stroke-width:1px",
        "class m1 frame",
    ]


def test_changes_have_colours_and_signs() -> None:
    text = to_mermaid(
        Drawing(
            (Box("a", "conv", "added", "Conv2d"), Box("b", "relu", "removed")), (Arrow("a", "b", style="removed"),)
        )
    )
    assert 'n0["#43; conv Conv2d"]:::added' in text, "a plus at the start would be an item of a list"
    assert 'n1("#8722; relu"):::removed' in text
    assert "classDef added " in text and "classDef changed" not in text
    assert "linkStyle 0 stroke:#D1242F" in text


@pytest.mark.parametrize(
    "name",
    [
        '"]; click n0 "javascript:alert(1)"',
        "<script>",
        "end",
        "graph TD",
        "a`b",
        "**bold**",
        "- item",
        "1. item",
        "`md`",
        "#35;",
        "%%{init: {}}%%",
        "a\nb]",
        "&lt;",
        "[x](http://a)",
        "@me",
        "fa:fa-car",
        "\u202e",
    ],
)
def test_a_hostile_name_is_text(name: str) -> None:
    drawing = row(
        Box("a", name, "module", name, (name,), scopes(name.replace(".", ""))), Box("b", "b", "io"), label=name
    )
    text = to_mermaid(drawing)
    assert not re.search(r"[`<>&%*@:{}\[\]\u202e]", "".join(re.findall('"(.*?)"', text, re.DOTALL)))
    for line in re.sub('"[^"]*"', '""', text).splitlines()[2:]:
        assert re.fullmatch(
            r'end|class(Def frame fill:transparent,stroke:#8C959F,stroke-width:1px| m\d+(,m\d+)* frame)|(subgraph m\d+ |n\d+)?[\[(]+""[\])]+|n0 -->\|""\| n1',
            line,
        ), line


def test_long_lines_are_cut() -> None:
    assert max(map(len, to_mermaid(row(Box("a", "x" * 500, "io"))).splitlines()[1:])) < 150


def test_more_than_github_draws_is_nothing() -> None:
    many = chain(*(f"layer{i}" for i in range(MOST_EDGES + 2)))
    assert to_mermaid(many) == ""
    assert to_mermaid(Drawing(many.boxes[:-1], many.arrows[:-1]))
    wordy = row(*(Box(str(i), "x" * 110, "io") for i in range(MOST_CHARACTERS // 110)))
    assert to_mermaid(wordy) == ""
