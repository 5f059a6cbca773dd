"""All that decides how a picture looks, in one place: sizes in pixels, marks, and the colours of both themes."""

from dataclasses import dataclass

from nnviz_action.drawing.boxes import LOUD

TITLE_SIZE, TEXT_SIZE, SMALL_SIZE = 20, 12, 11
MARGIN = 18  # around the sheet
BAR, ROW, PADDING = 20, 15, 8  # of a card: its title bar, a line below it, left and right of the text
PILL = 22  # height of a function
CORNER = 7
CLUSTER_MARGIN = 5
WIDEST, TALLEST = 1600, 6000  # a sheet beyond this is for nobody
SLIMMEST, LONG = 4, 3000  # nor should a sheet longer than this be so many times as high as wide
COMFORTABLE = (1005, 1250)  # what fits a page of GitHub; taller pictures are set in columns as wide as this
LONGEST_TEXT = 230  # of one line on a card


@dataclass(frozen=True)
class Kind:
    """One kind of box: its mark and name in the legend; fill, title bar, line and ink in light and dark."""

    mark: str
    name: str
    light: tuple[str, str, str]
    dark: tuple[str, str, str]
    dashed: bool = False
    width: float = 1.2  # of the outline


# (fill of the body, fill of the title bar, line and ink of the class name). Hues after Okabe and Ito's palette for
# colour-blind readers (https://jfly.uni-koeln.de/color/); no two kinds share a mark.
KINDS = {
    "io": Kind("●", "input, output", ("#FFFFFF", "#FFFFFF", "#1F2328"), ("#0D1117", "#0D1117", "#F0F6FC")),
    "convolution": Kind("▦", "convolution", ("#F1F8FE", "#CFE8FC", "#0A5CA8"), ("#0E2236", "#123A5E", "#79C0FF")),
    "linear": Kind("∑", "linear", ("#F1F2FE", "#D9DCFB", "#3F3FB5"), ("#191B3A", "#2A2D66", "#B1B5FF")),
    "normalisation": Kind("≡", "normalisation", ("#EFFAF3", "#C9F0D6", "#11643A"), ("#0D2619", "#13442A", "#6FDD9B")),
    "activation": Kind("ƒ", "activation", ("#FFF2F0", "#FFD9D3", "#A32A12"), ("#331512", "#5C231B", "#FFA69A")),
    "pooling": Kind("▽", "pooling", ("#FAF3FE", "#EBD8FA", "#7231A8"), ("#261535", "#43255E", "#DDB3FF")),
    "attention": Kind("◎", "attention", ("#FEF1F8", "#FAD3E8", "#A0226B"), ("#33122A", "#5A2048", "#FF9BD2")),
    "recurrent": Kind("↻", "recurrent", ("#FFF4EB", "#FDDDC2", "#8F3F00"), ("#331C0A", "#5A3210", "#FFB77C")),
    "embedding": Kind("⊞", "embedding", ("#EEF9F8", "#C6ECE9", "#0A615E"), ("#0A2827", "#114846", "#66D9D2")),
    "arithmetic": Kind("±", "arithmetic", ("#FFFBE8", "#F8EBAF", "#6B5200"), ("#2B240A", "#4C3F11", "#EFCF63")),
    "quantisation": Kind("▤", "quantisation", ("#F5FAE8", "#DDEFB6", "#45610A"), ("#1C260B", "#32460F", "#BCE06B")),
    "loss": Kind("ℓ", "loss", ("#F9F5F1", "#EADBCB", "#6B4423"), ("#261C13", "#45311F", "#E0BC94")),
    "shape": Kind("⇄", "shape, data movement", ("#F6F8FA", "#E8ECF0", "#4D5763"), ("#1A2027", "#2A323C", "#B4BEC9")),
    "idle": Kind("⇄", "", ("#F6F8FA", "#E8ECF0", "#4D5763"), ("#1A2027", "#2A323C", "#B4BEC9")),
    # a step of training alone, as quiet as what does nothing
    "dropout": Kind("∅", "", ("#F6F8FA", "#E8ECF0", "#4D5763"), ("#1A2027", "#2A323C", "#B4BEC9")),
    "control": Kind("◇", "control flow", ("#F4F1FE", "#DFD6FB", "#5A32A3"), ("#201636", "#38265F", "#C9B5FF")),
    "opaque": Kind("?", "not in ONNX", ("#FFFFFF", "#FFFFFF", "#4D5763"), ("#0D1117", "#0D1117", "#B4BEC9"), True),
    "module": Kind("▣", "closed module", ("#F3F5F7", "#E3E8ED", "#3D4650"), ("#1C2229", "#2D3641", "#C5CED8")),
    "entry": Kind("○", "start of each repeat", ("#FFFFFF", "#FFFFFF", "#4D5763"), ("#0D1117", "#0D1117", "#B4BEC9")),
    # the autograd graph: torchviz's vocabulary in its colours
    "function": Kind("∂", "backward function", ("#F3F4F6", "#E2E5E9", "#3D4650"), ("#1C2229", "#2D3641", "#C5CED8")),
    "accumulator": Kind("+", "", ("#F3F4F6", "#EDEFF2", "#3D4650"), ("#1C2229", "#20272F", "#C5CED8")),
    "leaf": Kind("■", "parameter or input", ("#EFF7FB", "#C5E3F2", "#0B5272"), ("#0C2431", "#123E55", "#7CCBEF")),
    "saved": Kind("▲", "saved for backward", ("#FFF6E8", "#FFDFB3", "#7A4300"), ("#2F1F08", "#57390F", "#FFC069")),
    "output": Kind("●", "output", ("#F1FBEC", "#CDEFBA", "#2A5F14"), ("#14260C", "#274716", "#A2E07F")),
    "view": Kind("◆", "base of a view", ("#EFF7EB", "#C2DFB3", "#2B5A16"), ("#16240F", "#2C461D", "#A9D48F"), True),
    # what changed, in the colours that diffs have everywhere; sign and line say the same
    "added": Kind("+", "added", ("#F0FBF3", "#C9F0D3", "#12612F"), ("#0E2417", "#17472B", "#6FDD9B"), width=2),
    "removed": Kind("−", "removed", ("#FFF4F3", "#FFDCD9", "#A1161F"), ("#2E1114", "#571D22", "#FFA6A0"), True, 2),
    "changed": Kind("~", "changed", ("#FFFAEB", "#FBE9B0", "#7A5200"), ("#2B220A", "#4F3D0F", "#F2CC60"), width=2),
    "quiet": Kind("", "unchanged", ("#FFFFFF", "#F0F2F5", "#57606A"), ("#12171E", "#1D242D", "#A5AFBA")),
}

# dashes; whether it has a head
ARROWS = {
    "solid": ("", True), "saved": ("5 3", False), "view": ("1.5 3", True),
    "added": ("", True), "removed": ("5 3", True),
}  # fmt: skip


@dataclass(frozen=True)
class Theme:
    """The colours of a sheet beside those of the kinds."""

    name: str
    paper: str
    ink: str
    soft: str  # second-rank text
    arrow: str
    cluster_line: str
    clusters: tuple[str, str]  # fills of containers, in turn from the outermost
    shades: tuple[str, ...]  # of boxes by what they cost, the cheapest first

    def line(self, style: str) -> str:
        """The colour of an arrow."""
        return self.kind(style)[2] if style in LOUD else self.arrow

    def shade(self, step: int | None) -> str:
        """The colour of a step of the scale; None costs nothing."""
        return self.paper if step is None else self.shades[step]

    def kind(self, name: str) -> tuple[str, str, str]:
        """Body, title bar, and line or class name of a kind."""
        kind = KINDS[name]
        return kind.light if self.name == "light" else kind.dark


# Shades lie on a line in CIELAB, at even distances: from yellow to blue, which all readers tell apart, as those of
# cividis do (https://doi.org/10.1371/journal.pone.0199239), and in lightness as far as ink can be read on them. In
# both themes yellow is cheap and blue is dear, and the dearest is farthest from the paper.
# L*, a* and b* lead from 97, -2, 9 to 60, -4, -37; in the dark theme from 15, 0, 9 to 45, -1, -41.
LIGHT_SHADES = ("#FAF7E5", "#E1E6E2", "#C8D5DF", "#AEC5DC", "#92B5D8", "#74A5D5", "#5096D1")
DARK_SHADES = ("#2A2519", "#30302F", "#343C47", "#35485F", "#335579", "#2A6193", "#156FAF")

THEMES = {
    "light": Theme(
        "light", "#FFFFFF", "#1F2328", "#57606A", "#6E7781", "#C5CED6", ("#F6F8FA", "#EDF0F3"), LIGHT_SHADES
    ),
    "dark": Theme("dark", "#0D1117", "#F0F6FC", "#A5AFBA", "#8B949E", "#3D444D", ("#151B23", "#1D242D"), DARK_SHADES),
}


def colors(theme: Theme) -> list[str]:
    """Every colour that a picture in this theme may use, each once, as #RRGGBB."""
    kinds = (color for name in KINDS for color in theme.kind(name))
    own = (theme.paper, theme.ink, theme.soft, theme.arrow, theme.cluster_line, *theme.clusters, *theme.shades)
    return list(dict.fromkeys((*own, *kinds)))
