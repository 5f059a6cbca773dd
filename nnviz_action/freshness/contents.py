"""What a generated file says, whatever its bytes: ends of lines and how a PNG was compressed are no part of it."""

import re
import zlib
from collections.abc import Mapping
from pathlib import Path

from nnviz_action.freshness.hashes import TEXTS
from nnviz_action.system.files import read_own

DRAWING = "nnviz-drawing"  # the hash of what a picture was painted from: a text of the PNG, an attribute of the SVG
_HEAD = 1000  # bytes of a picture in which that stands
_IN_PNG = re.compile(b"tEXt" + DRAWING.encode() + rb"\0([0-9a-f]{64})")
_IN_SVG = re.compile(rb" data-" + DRAWING.encode() + rb'="([0-9a-f]{64})"')
MUCH = 4  # times as large as ours no packing makes a PNG
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def is_picture(name: str) -> bool:
    """Whether a generated file of this name is one."""
    return name.endswith((".png", ".svg"))


def is_same(name: str, one: bytes, other: bytes) -> bool:
    """Whether two files of this name say the same to every reader; the other one is ours.

    Of a PNG all chunks count: a profile of colours, or the frames of an animation, would show something else.
    """
    if one == other or not name.endswith(".png"):
        return one == other or (name.endswith(TEXTS) and _lines(one) == _lines(other))
    if len(one) > MUCH * len(other):
        return False
    pixels = len(_pixels(other, None))
    return _without_pixels(one) == _without_pixels(other) and _pixels(one, pixels + 1) == _pixels(other, pixels + 1)


def drawn_from(name: str, data: bytes) -> str:
    """The hash that a picture carries of the drawing that it was painted from; empty where it has none.

    Whoever forges a picture can copy it.
    """
    found = (_IN_SVG if name.endswith(".svg") else _IN_PNG).search(data[:_HEAD])
    return found[1].decode() if found else ""


def as_they_are(folder: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files, each in the bytes that it has in the folder where these say the same."""
    return {name: _as_it_is(folder / name, data) for name, data in files.items()}


def _as_it_is(path: Path, data: bytes) -> bytes:
    try:
        found = read_own(path)
    except OSError:
        return data
    return found if is_same(path.name, found, data) else data


def _lines(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """The kind and the content of each chunk (https://www.w3.org/TR/png-3/#5Chunk-layout); none of a broken one."""
    found, place = [], len(_SIGNATURE)
    if not data.startswith(_SIGNATURE):
        return []
    while place < len(data):
        end = place + 8 + int.from_bytes(data[place : place + 4], "big")
        if zlib.crc32(data[place + 4 : end]).to_bytes(4, "big") != data[end : end + 4]:
            return []  # which no reader shows
        found.append((data[place + 4 : place + 8], data[place + 8 : end]))
        place = end + 4
    return found


def _without_pixels(data: bytes) -> list[tuple[bytes, bytes]]:
    """All other chunks in their order, and where among them the pixels stand."""
    return [(kind, b"" if kind == b"IDAT" else content) for kind, content in _merged(_chunks(data))]


def _merged(chunks: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The pixels may be cut into several chunks, which count as one."""
    return [one for i, one in enumerate(chunks) if one[0] != b"IDAT" or i == 0 or chunks[i - 1][0] != b"IDAT"]


def _pixels(data: bytes, most: int | None) -> bytes:
    """At most so many bytes of what is packed in the picture; nothing where it cannot be unpacked."""
    packed = b"".join(content for kind, content in _chunks(data) if kind == b"IDAT")
    try:
        return zlib.decompressobj().decompress(packed, most or 0)
    except zlib.error:
        return b""
