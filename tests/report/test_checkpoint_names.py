"""Long rows of keys are cut where both names are alike."""

from nnviz_action.report.checkpoint_markdown import checkpoint_lines
from nnviz_action.report.checkpoint_text import LONGEST, names_of
from nnviz_action.report.record import Keys, Model

LONG = ".".join(f"part{number}" for number in range(40))


def test_short_names_are_told_whole():
    assert names_of("a.weight", "b.weight") == ("a.weight", "b.weight")


def test_of_long_ones_what_differs_stays():
    before, now = names_of(f"{LONG}.q.{LONG}", f"{LONG}.query.{LONG}")
    assert ".q." in before and ".query." in now
    assert max(map(len, (before, now))) <= LONGEST


def test_of_one_alone_both_ends_stay():
    (gone, nothing) = names_of(f"first.{LONG}.last", "")
    assert (gone[:6], gone[-5:], nothing, len(gone)) == ("first.", ".last", "", LONGEST + 1)


def test_so_it_is_in_a_comment():
    keys = [Keys(state="renamed", key=f"{LONG}.q", now=f"{LONG}.query", count=2)]
    table = "\n".join(checkpoint_lines(Model(model="net", checkpoint="2 keys renamed", keys=keys)))
    assert "…" in table
    assert ".q`" in table and ".query`" in table
