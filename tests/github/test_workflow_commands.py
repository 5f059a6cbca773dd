import re

from hypothesis import given
from hypothesis import strategies as st

from nnviz_action.github.workflow_commands import command, masked


def obeyed(log: str) -> list[str]:
    """The commands that the runner would obey (`ActionCommandManager.cs` of actions/runner)."""
    found, closing = [], ""
    for line in re.split(r"\r\n|\r|\n", log):
        new = re.match(r"\s*::([^: ]+)[^:]*(?::[^:]+)*?::(.*)", line)
        old = re.search(r"##\[([^\] ]+)[^\]]*\](.*)", line)
        name, data = (new or old).groups() if new or old else ("", "")
        if closing:
            closing = "" if name.lower() == closing.lower() else closing
        elif name == "stop-commands":
            closing = data
        elif name:
            found.append(name)
    return found


def test_a_command_with_all_that_would_end_it():
    assert command("error", "50 %: a, b\r\nc", title="x: y, z\n::", line=3) == (
        "::error title=x%3A y%2C z%0A%3A%3A,line=3::50 %25: a, b%0D%0Ac"
    )
    assert command("notice", "hello") == "::notice::hello"


@given(st.lists(st.text()), st.text())
def test_a_command_stays_one_line(values: list[str], message: str):
    line = command("error", message, **{f"p{index}": value for index, value in enumerate(values)})
    assert not set(line) & set("\r\n")


HOSTILE = [
    "::error::x",
    "  ::add-mask::a",
    "##[error]x",
    "a ##[set-env name=PATH;]x",
    "::stop-commands::t",
    "::t::",
    "\r::error::y",
]


def test_between_the_brackets_nothing_is_obeyed():
    assert len(obeyed("\n".join(HOSTILE[:4]))) == 4
    assert obeyed("".join(masked(HOSTILE))) == []
    assert obeyed("".join(masked(["no end of line"])) + "::error::ours") == ["error"]


def test_the_bracket_closes_with_what_nobody_could_know():
    first, second = (list(masked(["x"]))[-1] for _ in range(2))
    assert first != second and len(first) > 30
