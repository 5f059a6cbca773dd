"""Make the bundled fonts: `python tools/fonts.py DEBS` with the unpacked packages that fonts/README.md names.

Needs fontTools (the package itself does not). Prints the pyftsubset command of each file.
"""

import re
import shlex
import sys
import unicodedata
from pathlib import Path

from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

FONTS = Path(__file__).parents[1] / "nnviz_action/render/fonts"
DEJAVU = "fonts-dejavu-core/usr/share/fonts/truetype/dejavu/"
NOTO = "fonts-noto-core/usr/share/fonts/truetype/noto/"
EMOJI = "package/400Regular/NotoEmoji_400Regular.ttf"
DROID = "fonts-droid-fallback/usr/share/fonts-droid-fallback/truetype/"
UNIFONT = "fonts-unifont/usr/share/fonts/opentype/unifont/"
COMMON = (
    "--no-hinting --no-glyph-names --notdef-outline --name-IDs=0,1,2,5,6,13 --name-languages=0x409 "
    "--no-recommended-glyphs --drop-tables+=MATH,FFTM,vhea,vmtx,STAT,meta,DSIG,gasp,kern,VORG,BASE"
)
SHAPED = (  # what a script needs to be read, and nothing that only looks nicer
    "--layout-features=ccmp,locl,mark,mkmk,rlig,init,medi,fina,isol,med2,fin2,fin3,calt,liga,nukt,akhn,rphf,blwf,half,"
    "pstf,vatu,cjct,pref,abvf,abvs,pres,blws,psts,haln,abvm,blwm,dist,cfar,rclt,curs"
)
MARKED = "--layout-features=ccmp,locl,mark,mkmk"  # no kerning: a width is then the sum of the advances
PLAIN = "--drop-tables+=GSUB,GPOS,GDEF"

BOLD = (
    "20-7E,A0-24F,250-2AF,2B0-2FF,300-36F,370-3FF,400-52F,531-589,10D0-10FF,1E00-1FFF,2000-20CF,2100-22FF,2300-23FF,"
    "2500-25FF,2605,2606,2610-2612,2713-2717,2794,27C0-27FF,27E6-27EB,2900-297F,2A00-2AFF,2B12-2B54,FB00-FB06,FFFD"
)
REGULAR = (
    "20-52F,531-58A,10A0-10FF,1D00-1DFF,1E00-1FFF,2000-2BFF,2C60-2C7F,2D00-2D2F,2DE0-2DFF,2E00-2E7F,A640-A69F,"
    "A700-A7FF,FB00-FB17,FFFD,1D400-1D7FF"
)
JOINED = "20,A0,200C,200D,25CC"  # what each fallback font has beside its script, so that a word is one run
SCRIPTS = {
    "Arabic": "34F,600-6FF,750-77F,8A0-8FF,FB50-FDFF,FE70-FEFC",
    "Hebrew": "591-5F4,FB1D-FB4F,20AA",
    "Devanagari": "900-97F,1CD0-1CFF,A8E0-A8FF,20B9",
    "Bengali": "951,952,964,965,980-9FF",
    "Gurmukhi": "951,952,964,965,A00-A7F",
    "Gujarati": "951,952,964,965,A80-AFF",
    "Oriya": "951,952,964,965,B00-B7F",
    "Tamil": "951,952,964,965,B80-BFF",
    "Telugu": "951,952,964,965,C00-C7F",
    "Kannada": "951,952,964,965,C80-CFF",
    "Malayalam": "951,952,964,965,D00-D7F",
    "Sinhala": "964,965,D80-DFF",
    "Thai": "E01-E5B",
    "Lao": "E80-EFF",
    "Myanmar": "1000-109F,A9E0-A9FF,AA60-AA7F",
    "Khmer": "1780-17FF,19E0-19FF",
    "Ethiopic": "1200-139F,2D80-2DDF,AB00-AB2F",
    "Thaana": "780-7BF",
    "NKo": "7C0-7FF",
    "Cherokee": "13A0-13FF,AB70-ABBF",
    "CanadianAboriginal": "1400-167F,18B0-18FF",
    "Tifinagh": "2D30-2D7F",
    "OlChiki": "1C50-1C7F",
    "MeeteiMayek": "ABC0-ABFF,AAE0-AAFF",
    "Sundanese": "1B80-1BBF,1CC0-1CCF",
    "Cham": "AA00-AA5F",
    "Adlam": "1E900-1E95F",
}
SYMBOLS = {"Math": "2190-23FF,27C0-2BFF,1D400-1D7FF", "Symbols": "20D0-2BFF", "Symbols2": "2000-2E7F"}
CJK = "20,A0,1100-11FF,2E80-33FF,4E00-9FFF,AC00-D7A3,F900-FAFF,FE30-FE4F,FF00-FFEF"
REST = "20,A0,A1-33FF,4DC0-4DFF,9FA6-ABFF,D7B0-D7FF,FB00-FDCF,FDF0-FFFD"
UPPER = "20,10000-1D3FF,1D800-1FAFF"


def main(debs: str) -> None:
    """All files, in the order in which they are looked through: each has what those before it lack."""
    have: set[int] = set()
    _make("DejaVuSans-Bold", debs, DEJAVU + "DejaVuSans-Bold.ttf", BOLD, MARKED, set())
    have |= _make("DejaVuSans", debs, DEJAVU + "DejaVuSans.ttf", REGULAR, MARKED, have)
    for script, unicodes in SCRIPTS.items():
        source = f"{NOTO}NotoSans{script}-Regular.ttf"
        have |= _make(f"NotoSans{script}", debs, source, f"{JOINED},{unicodes}", SHAPED, set())
    # Without `blws`, which has a ready glyph for each of 1,900 stacks (500 kB): `mark` and `mkmk` stack them too.
    tibetan = f"{NOTO}NotoSerifTibetan-Regular.ttf"
    have |= _make("NotoSerifTibetan", debs, tibetan, f"{JOINED},F00-FFF", SHAPED.replace("blws,", ""), set())
    have |= _make("DroidSansFallback", debs, DROID + "DroidSansFallback.ttf", CJK, PLAIN, have)
    have |= _make("NotoEmoji", debs, EMOJI, "2000-3300,1F000-1FAFF", PLAIN, have)
    for name, unicodes in SYMBOLS.items():
        have |= _make(f"NotoSans{name}", debs, f"{NOTO}NotoSans{name}-Regular.ttf", unicodes, PLAIN, have)
    have |= _make("Unifont", debs, UNIFONT + "unifont.otf", REST, PLAIN, have)
    have |= _make("UnifontUpper", debs, UNIFONT + "unifont_upper.otf", UPPER, PLAIN, have)


def _make(name: str, debs: str, source: str, unicodes: str, features: str, have: set[int]) -> set[int]:
    """One file, and what it covers."""
    path = str(Path(debs, source))
    wanted = set(subset.parse_unicodes(unicodes)) & set(TTFont(path).getBestCmap())
    wanted -= have - set(subset.parse_unicodes(JOINED))
    if name.startswith("Unifont"):  # it has a box also for what is no character
        wanted = {point for point in wanted if unicodedata.category(chr(point)) not in ("Cn", "Co", "Cs", "Cc", "Cf")}
    out = FONTS / f"{name}{Path(source).suffix}"
    command = [path, f"--unicodes={_ranges(wanted)}", *shlex.split(COMMON), *shlex.split(features)]
    print("pyftsubset", shlex.join([source, *command[1:], f"--output-file={out.name}"]))
    subset.main([*command, f"--output-file={out}"])
    font = TTFont(out, recalcTimestamp=False)
    if name.startswith("DejaVu"):
        _widen(font, "+", "＋")
        _widen(font, "~", "～")
    else:
        _rename(font, name)
    _one_cmap(font)
    font.save(out)
    print(f"# {out.name}: {out.stat().st_size} bytes, {len(font.getBestCmap())} characters", file=sys.stderr)
    return set(font.getBestCmap())


def _widen(font: TTFont, narrow: str, wide: str) -> None:
    """The full-width form of a character, which DejaVu lacks: the same glyph in the middle of an em."""
    base = font.getBestCmap()[ord(narrow)]
    advance = font["head"].unitsPerEm
    shift = (advance - font["hmtx"][base][0]) // 2
    pen = TTGlyphPen(font.getGlyphSet())
    pen.addComponent(base, (1, 0, 0, 1, shift, 0))
    name = f"glyph_wide_{ord(wide):X}"
    font["glyf"][name] = pen.glyph()
    font["hmtx"][name] = (advance, font["hmtx"][base][1] + shift)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(wide)] = name


def _rename(font: TTFont, name: str) -> None:
    """The file's name, spaced, as the family: `text` writes it into the SVG."""
    family = re.sub("(?<=[a-z])(?=[A-Z0-9])", " ", name)
    font["name"].setName(family, 1, 3, 1, 0x409)


def _one_cmap(font: TTFont) -> None:
    """One table of character ranges (format 12), which `text` reads without fontTools."""
    table = CmapSubtable.newSubtable(12)
    table.platformID, table.platEncID, table.language, table.cmap = 3, 10, 0, font.getBestCmap()
    font["cmap"].tables = [table]


def _ranges(points: set[int]) -> str:
    """`20-7E,A0` for a set of code points."""
    ends: list[list[int]] = []
    for point in sorted(points):
        if ends and ends[-1][1] == point - 1:
            ends[-1][1] = point
        else:
            ends.append([point, point])
    return ",".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in ends)


if __name__ == "__main__":
    main(sys.argv[1])
