"""What models and repositories say is shown, never obeyed."""

import pytest

from nnviz_action.report.escape import code, escape


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("conv1", "conv1"),
        ("a_b", r"a\_b"),
        ("@someone", "@\u200bsomeone"),
        ("<img src=x>", r"&lt;img src\=x&gt;"),
        ("a|b", r"a\|b"),
        ("http://a.b", "http:\u200b//a.b"),
        ("www.a.b", "www\u200b.a.b"),
        ("1. item", r"1\. item"),
        ("in 1.5 s", "in 1.5 s"),
        ("two\nlines", "two lines"),
        ("kernel 3 → 5", "kernel 3 → 5"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("a|b", "`a|b`"), ("", "` `")]
)
def test_code(text: str, shown: str) -> None:
    assert code(text) == shown
