"""Text in any script: drawn by resvg with the bundled fonts alone, and as wide as measured."""

import sys
import unicodedata

import pytest
from PIL import Image, ImageFont

from nnviz_action.render import glyphs, text
from nnviz_action.render.font_runs import cut, in_sight
from nnviz_action.render.glyphs import BOLD, FILES, FONTS, REGULAR, SCRIPTS, covered, font_of
from nnviz_action.render.pixels import rasterise

SIZE = 20
REACHED = 42_363  # of the 48,965 letters of Unicode 14
UI = "▦≡∿ƒ▽◎↻⊞±⇄◇▣●○◆■□▲△★Σ∑×→←↑↓…·−＋～✓✗⟲⌀∥⋮\ufffd"
WORDS = {
    "Latin": "Faltung_1 größe ŵǻ",
    "Vietnamese": "Tiếng Việt",
    "Greek": "συνέλιξη",
    "Cyrillic": "свёртка",
    "Arabic": "الالتفاف",
    "Persian": "لایه‌ها گچپژ",
    "Hebrew": "שָׁלוֹם",
    "Devanagari": "संवलन क्षत्रिय",
    "Bengali": "পরিবলন",
    "Gurmukhi": "ਪੰਜਾਬੀ",
    "Gujarati": "ગુજરાતી",
    "Oriya": "ଓଡ଼ିଆ",
    "Tamil": "தமிழ் கொ",
    "Telugu": "తెలుగు",
    "Kannada": "ಕನ್ನಡ",
    "Malayalam": "മലയാളം",
    "Sinhala": "සිංහල",
    "Thai": "ภาษาไทยน้ำ",
    "Lao": "ພາສາລາວ",
    "Burmese": "မြန်မာ",
    "Khmer": "ភាសាខ្មែរ",
    "Tibetan": "བོད་སྐད བསྒྲུབས",
    "Georgian": "ქართული",
    "Armenian": "Հայերեն",
    "Ethiopic": "አማርኛ",
    "Thaana": "ދިވެހި",
    "Cherokee": "ᏣᎳᎩ",
    "Inuktitut": "ᐃᓄᒃᑎᑐᑦ",
    "Tifinagh": "ⵜⴰⵎⴰⵣⵉⵖⵜ",
    "NKo": "ߒߞߏ",
    "Syriac": "ܣܘܪܝܝܐ",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "Javanese": "ꦗꦮ",
    "Yi": "ꆈꌠꉙ",
    "Adlam": "𞤀𞤣𞤤𞤢𞤥",
    "Simplified": "卷积神经网络",
    "Traditional": "卷積神經網路",
    "Japanese": "畳み込みニューラル",
    "Korean": "합성곱 신경망",
    "Mathematics": "∇²∂ƒ∈ℝⁿ⊗∥⟨⟩𝐱𝔼",
    "Emoji": "🔥🚀😀🧠🤖",
    "UI": UI,
}


def draw(body: str, fonts: list[str], room: int = 4000) -> Image.Image:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{room}" height="60">'
        f'<text xml:space="preserve" y="40" font-size="{SIZE}">{body}</text></svg>'
    )
    return rasterise(svg, fonts, text.is_shaped(svg)).getchannel("A")


def drawn(word: str, bold: bool = False) -> Image.Image:
    return draw(text.tspans(word, 50, SIZE, bold), text.font_files())


def ink(image: Image.Image) -> bytes:
    box = image.getbbox()
    return image.crop(box).tobytes() if box else b""


FULL = text.font_files()


@pytest.fixture(scope="module")
def boxes() -> set[bytes]:
    """What each font draws in place of an unassigned character."""
    return {
        ink(draw(f'<tspan x="50" font-family="{text.family(file)}">\u0378</tspan>', [str(FONTS / file)]))
        for file in FILES
    }


@pytest.mark.parametrize("script", WORDS)
def test_every_character_of_a_script_is_drawn(script: str, boxes: set[bytes]) -> None:
    word = text.clean(WORDS[script])
    assert text.clean(word) == word and ("\ufffd" in word) == (script == "UI")
    for char in set(word) - set(" \u200c\u200d"):
        assert ink(drawn(char)) not in {b"", *boxes}, f"U+{ord(char):04X}"
    assert drawn(word).getbbox()[2] > 50


def test_an_unknown_character_would_be_noticed(boxes: set[bytes]) -> None:
    """The two tests above see boxes: an unassigned character that was not cleaned away is one."""
    assert ink(drawn("\u0378")) in boxes


@pytest.mark.parametrize("script", WORDS)
def test_the_measured_width_is_the_drawn_width(script: str) -> None:
    """Ink against advance: side bearings are the difference, so the words are drawn several times over."""
    word = text.clean(" ".join([WORDS[script]] * 4))
    left, _, right, _ = drawn(word).getbbox()
    assert right - left == pytest.approx(text.width(word, SIZE), rel=0.03, abs=2)
    assert left == pytest.approx(50, abs=6)


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("word", ["AVAToWa.fi.ffl", "conv1 (64, 3, 7)", "x̂ é", "а҈б", "→ 2×4 f32"])
def test_an_advance_is_exact(word: str, bold: bool) -> None:
    assert text.tspans(word + "|", 50, SIZE, bold).count("<tspan") == 1
    after = draw(text.tspans(word + "|", 50, SIZE, bold), FULL).getbbox()[2]
    alone = draw(text.tspans("|", 50 + text.width(word, SIZE, bold), SIZE, bold), FULL).getbbox()[2]
    assert after == pytest.approx(alone, abs=1)


def test_a_space_at_the_end_counts_where_letters_join() -> None:
    assert text.width("संवलन ", SIZE) == pytest.approx(text.width("संवलन", SIZE) + 0.26 * SIZE, rel=0.01)


def test_no_layout_engine_of_the_machine_has_a_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raqm comes with some Pillows alone."""

    def width_of_all() -> list[float]:
        for cached in (glyphs.advances, glyphs.measure):
            cached.cache_clear()
        return [text.width(text.clean(word), SIZE) for word in WORDS.values()]

    with_raqm = width_of_all()
    basic = ImageFont.Layout.BASIC
    truetype = ImageFont.truetype
    monkeypatch.setattr(ImageFont, "truetype", lambda file, size, **_: truetype(file, size, layout_engine=basic))
    assert width_of_all() == with_raqm


def test_the_main_fonts_have_the_signs_of_the_pictures() -> None:
    assert covered(REGULAR).issuperset(UI) and covered(BOLD).issuperset(UI)


def test_most_letters_of_the_basic_plane_have_a_glyph() -> None:
    """All but CJK extension A (6,592) and ten compatibility ideographs that normalise into it or beyond."""
    letters = [c for c in map(chr, range(0x10000)) if unicodedata.category(c).startswith("L")]
    drawn = [c for c in letters if "\ufffd" not in text.clean(c)]
    assert len(drawn) >= min(REACHED, len(letters) - 6602)  # an old Python knows fewer letters


@pytest.mark.skipif(sys.version_info < (3, 11), reason="an old Python knows fewer letters than Unifont")
def test_no_font_claims_what_is_no_character() -> None:
    """Unifont has a box for each of them; other fonts may know newer characters than this Python."""
    for file in FILES:
        wrong = {"Cc", "Co", "Cs"} | ({"Cn"} if file.startswith("Unifont") else set())
        assert not [f"{file} {ord(c):04X}" for c in covered(file) if unicodedata.category(c) in wrong]


def test_families_are_the_names_in_the_fonts() -> None:
    for file in FILES:
        name = ImageFont.truetype(FONTS / file, 10).getname()[0]
        assert text.family(file).startswith(f"'{name}'"), file


def test_bold_comes_back_after_a_sign_that_has_no_bold() -> None:
    assert [file for _, file in cut("aᴀb", bold=True)] == [BOLD, REGULAR, BOLD]


def test_runs_are_cut_by_script() -> None:
    assert [run for run, _ in cut("conv_संवलन 2 卷积→x")] == ["conv_", "संवलन ", "2 ", "卷积", "→x"]
    assert set(SCRIPTS) == {font_of(c) for c in "अঅਅઅଅஅఅಅഅඅกກကកዐދߒᏣᐃⵜᱚꯀᮃꨀ𞤀אاབ"}


@pytest.mark.parametrize(
    ("logical", "seen"),
    [
        ("a אב c", "a |אב| |c"),
        ("אב دع", "دع| |אב"),
        ("אב 12", "12 |אב"),
        ("אב (12.5) دع", "دع| (12.5) |אב"),
        ("אב, c", "אב|, c"),
    ],
)
def test_words_that_run_left_are_seen_in_their_order(logical: str, seen: str) -> None:
    runs = "".join(run for run, _ in in_sight(cut(logical)))
    assert runs == seen.replace("|", "").replace("a אב c", "a אב c")


def test_mixed_scripts_are_shaped_as_if_alone() -> None:
    start = 50 + text.width("conv ", SIZE)
    alone, mixed = draw(text.tspans("संवलन", start, SIZE), FULL), drawn("conv संवलन")
    assert ink(alone) == ink(mixed.crop((round(start) - 2, 0, *mixed.size)))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  a \t\n b\u00a0\u3000c ", "a b c"),
        ("a\x00b\x1bc\x7f", "a\ufffdb\ufffdc\ufffd"),
        ("a\ud800b\udfff", "a\ufffdb\ufffd"),
        ("\ue000\U000f0000\u0378\ufdd0\uffff", "\ufffd" * 5),
        ("\u202eab\u202c\u2066c\u2069\u200e\u200f\u061c", "abc"),
        ("a\u200b\xadb\ufeff", "ab"),
        ("a\u200db क्\u200dष", "ab क्\u200dष"),
        ("e\u0301 \u1112\u1161\u11ab", "é 한"),
        ("❤\ufe0f", "❤"),
        ("a \u200b b", "a b"),
        ("\x1f", "\ufffd"),
        ("", ""),
    ],
)
def test_text_is_cleaned(raw: str, clean: str) -> None:
    assert text.clean(raw) == clean


@pytest.mark.parametrize("word", WORDS.values())
@pytest.mark.parametrize("limit", [0, 10, 40, 75, 1000])
def test_a_short_text_fits(word: str, limit: float) -> None:
    word = text.clean(word * 2)
    short = text.shorten(word, limit, SIZE)
    assert text.width(short, SIZE) <= limit
    assert short == word or short == "" or (short.endswith("…") and word.startswith(short[:-1]))


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("x̂x̂x̂x̂", ("", "x̂", "x̂x̂", "x̂x̂x̂")),
        ("क्षक्षक्ष", ("", "क्ष", "क्षक्ष")),
        ("द्धाद्धाद्धा", ("", "द्धा", "द्धाद्धा")),
        ("🇩🇪🇫🇷🇩🇪", ("", "🇩🇪", "🇩🇪🇫🇷")),
        ("👍🏽👍🏽", ("", "👍🏽")),
        ("ab cd", ("", "a", "ab", "ab c")),
    ],
)
def test_a_text_is_cut_between_characters(word: str, kept: tuple[str, ...]) -> None:
    found = {text.shorten(word, limit, SIZE) for limit in range(15, 200)} - {"", word}
    assert found == {part + "…" for part in kept} & found and len(found) >= len(kept) - 1
