"""The gallery's text: what it says of which models, whatever they are called."""

from nnviz_action.report.gallery import MARKER, MOST_PICTURES, GalleryModel, gallery

NUMBERS = {"parameters": 11_689_512, "macs": 422_784_000, "activations": 5_902_880, "nodes": 69, "opset": 20}


def shown(name: str, *files: str, origin: str = "net:Net") -> GalleryModel:
    return GalleryModel(name, origin, NUMBERS, files or ("forward.png",))


def test_a_table_comes_first_then_each_model() -> None:
    lines = gallery([shown("net", "forward.png", "model.onnx", "summary.md", "autograd.png")]).splitlines()
    assert lines == [
        MARKER,
        "# Diagrams",
        "",
        "| model | made from | parameters | MACs | activations | nodes |",
        "|---|---|--:|--:|--:|--:|",
        "| [net](#net) | `net:Net` | 11.7 M | 423 MMACs | 5.90 MB | 69 |",
        "",
        "## net",
        "",
        "`net:Net` · 11.7 M parameters · 423 MMACs · activations 5.90 MB · 69 nodes",
        "",
        "[forward.png](net/forward.png) · [autograd.png](net/autograd.png) · [summary.md](net/summary.md) · [model.onnx](net/model.onnx)",
        "",
        '<a href="net/forward.png"><img src="net/forward.png" alt="forward graph of net" width="420"></a>',
    ]


def test_an_overview_comes_first_and_as_large_as_it_is() -> None:
    text = gallery([shown("net", "autograd.png", "forward.png", "overview-dark.png", "overview.png")])
    assert "\n[overview.png](net/overview.png) · [forward.png](net/forward.png) · [autograd.png]" in text
    assert '<img src="net/overview.png" alt="overview of net"></picture></a>' in text
    assert 'srcset="net/overview-dark.png"' in text


def test_models_come_in_the_order_of_their_names_and_numbers() -> None:
    names = ["resnet101", "resnet18", "Alpha", "b"]
    for order in (names, names[::-1]):
        rows = [line for line in gallery([shown(name) for name in order]).splitlines() if line.startswith("| [")]
        assert [row.partition("]")[0] for row in rows] == ["| [Alpha", "| [b", "| [resnet18", "| [resnet101"]


def test_dark_pictures_stand_for_readers_in_the_dark() -> None:
    both = gallery([shown("net", "forward.png", "forward-dark.png", "forward.svg")])
    assert '<source media="(prefers-color-scheme: dark)" srcset="net/forward-dark.png">' in both
    assert "[forward-dark.png]" not in both and "[forward.svg](net/forward.svg)" in both
    only = gallery([shown("net", "forward-dark.svg", "autograd-dark.svg")])
    assert '<a href="net/forward-dark.svg"><img src="net/forward-dark.svg"' in only and "<picture>" not in only
    assert "[forward\\-dark.svg](net/forward-dark.svg) · [autograd\\-dark.svg]" in only


def test_the_dark_picture_of_a_part_is_told_from_a_part_called_dark() -> None:
    text = gallery([shown("net", "forward.a-dark.b.png", "forward.a.b.png", "forward.png")])
    assert "[forward.png]" in text and "[forward.a\\-dark.b.png]" in text and "[forward.a.b.png]" in text


def test_without_a_forward_graph_the_autograd_graph_is_shown() -> None:
    text = gallery([GalleryModel("net", "", {}, ("autograd.png",))])
    assert "| [net](#net) |  |  |  |  |  |" in text
    assert 'alt="autograd graph of net"' in text


def test_names_are_shown_and_linked_as_they_are() -> None:
    text = gallery([shown(name) for name in ("a_b", "a.b", "ab", "Ab", "diagrams", "größe+1", "x*y", "gh-1")])
    for row in (
        "[a\\_b](#a_b)", "[a.b](#ab)", "[Ab](#ab-1)", "[ab](#ab-2)", "[diagrams](#diagrams-1)",
        "[größe\\+1](#gr%C3%B6%C3%9Fe1)", "[x\\*y](#xy)", "[gh\\-\u200b1](#gh-1)",
    ):  # fmt: skip
        assert row in text, row
    assert 'src="gr%C3%B6%C3%9Fe%2B1/forward.png"' in text


def test_what_a_model_is_made_from_breaks_no_table_and_no_code() -> None:
    text = gallery([shown("net", origin="a|b`c\n\u202e<img src=x>")])
    assert "| ``a\\|b`c <img src=x>`` | 11.7 M |" in text


def test_a_page_that_is_too_long_has_no_pictures() -> None:
    text = gallery([shown(f"m{index}") for index in range(MOST_PICTURES + 1)])
    assert "<img" not in text and "| [m300](m300/) |" in text
    assert "<img" in gallery([shown(f"m{index}") for index in range(MOST_PICTURES)])
