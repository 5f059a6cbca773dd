"""What holds for the places of any drawing."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layout_faults import faults
from random_drawings import drawings

from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.render.layout.pages import lay_out
from nnviz_action.render.review import flaws
from nnviz_action.render.sheet import Heading, compose

often = settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@often
@given(drawings())
def test_every_arrow_leads_from_its_box_to_its_box_and_across_none(drawing: Drawing) -> None:
    layout = lay_out(drawing)
    assert list(faults(drawing, layout)) == []
    sheet = compose(layout, Heading("n", ()))
    assert [flaw for flaw in flaws(sheet, 1000, labelled=False) if "allowed" not in flaw] == []


@often
@given(drawings(back=True))
def test_arrows_may_lead_back(drawing: Drawing) -> None:
    assert list(faults(drawing, lay_out(drawing))) == []


@often
@given(drawings())
def test_a_flow_to_the_right_holds_the_same(drawing: Drawing) -> None:
    assert list(faults(drawing, lay_out(drawing, "right"))) == []


@often
@given(drawings())
def test_rows_hold_the_same_where_a_page_is_small(drawing: Drawing) -> None:
    """So narrow that nearly every drawing and every open module takes several rows, with shortcuts from row to row."""
    layout = lay_out(drawing, "right", room=(300, 300))
    assert list(faults(drawing, layout)) == []
    found = flaws(compose(layout, Heading("n", ())), 1000, labelled=False)
    assert [flaw for flaw in found if "allowed" not in flaw] == []


RESULT = "a_long_name_of_a_result"


@often
@given(st.integers(1, 6), st.integers(0, 3), st.integers(1, 4))
def test_results_of_the_middle_stand_in_no_arrow_s_way(results: int, inputs: int, layers: int) -> None:
    """Both stacks of an encoder and a decoder, and what the encoder gives to readers as well."""
    boxes = [Box("x", "x", "io"), Box("enc", "encoder", "linear", "Linear")]
    boxes += [Box(f"in{i}", f"{RESULT}_in_{i}", "io") for i in range(inputs)]
    boxes += [Box(f"dec{i}", f"decoder_{i}", "linear", "Linear") for i in range(layers)]
    boxes += [Box(f"out{i}", f"{RESULT}_{i}", "io") for i in range(results)] + [Box("y", "y", "io")]
    chain = ["x", "enc", *(f"dec{i}" for i in range(layers)), "y"]
    arrows = [Arrow(a, b, "2 f32") for a, b in pairwise(chain)]
    arrows += [Arrow("enc", f"out{i}", "2 f32") for i in range(results)]
    arrows += [Arrow("enc", f"dec{i}", "2 f32") for i in range(1, layers)]
    arrows += [Arrow(f"in{i}", f"dec{layers - 1}", "2 f32") for i in range(inputs)]
    drawing = Drawing(tuple(boxes), tuple(arrows))
    assert list(faults(drawing, lay_out(drawing))) == []
    sheet = compose(lay_out(drawing), Heading("n", ()))
    assert [flaw for flaw in flaws(sheet, 1000, labelled=False) if "allowed" not in flaw] == []
