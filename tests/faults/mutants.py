"""Files made wrong: pieces cut out, doubled, exchanged, bits flipped, and words of which each once broke something."""

from collections.abc import Iterator, Sequence
from random import Random

NASTY = (
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b"..", b"../x", b"/etc/passwd", b"CON", b"a:b", b"~", b"*",
    b"&a", b"*a", b"<<: *a", b"!!bool x", b"!!int ''", b"!!timestamp x", b"!!binary x", b"? ", b"- ", b": ", b"{", b"}", b"[",
    b"]", b"null", b".nan", b".inf", b"-.inf", b"-1", b"0", b"9" * 400, b"1e999", b"0x", b"2001-99-99", b"59:59:59", b"\t",
    b"'", b'"', b"|", b">", b"%YAML 1.9", b"---", b"...", b"\xe2\x80\xae", b"\xf0\x9f\x98\x80", b"a" * 300, b"a/" * 1500, b",",
    b"true", b"#", b"\r", b"\n", b"**", b"**x", b"[]", b"{}", b'""',
)  # fmt: skip


def mutants(seeds: Sequence[bytes], seed: int, count: int, words: Sequence[bytes] = NASTY) -> Iterator[bytes]:
    """So many files, the same for the same seed."""
    random = Random(seed)
    for _ in range(count):
        data = bytearray(random.choice(seeds))
        for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
            random.choice(_CHANGES)(data, random, words)
        yield bytes(data)


def _cut(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    del data[random.randint(0, len(data)) :]


def _flip(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _drop(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    start = random.randint(0, len(data))
    del data[start : start + random.choice((1, 4, 20))]


def _double(data: bytearray, random: Random, _: Sequence[bytes]) -> None:
    start = random.randint(0, len(data))
    data[start:start] = data[start : start + random.choice((1, 8, 60))]


def _insert(data: bytearray, random: Random, words: Sequence[bytes]) -> None:
    start = random.randint(0, len(data))
    data[start:start] = random.choice(words)


def _exchange(data: bytearray, random: Random, words: Sequence[bytes]) -> None:
    """A whole word for another: what changes a value and leaves the file well-formed."""
    ends = [i for i, byte in enumerate(data) if byte in b' \n,:[]{}"']
    if len(ends) > 1:
        at = random.randrange(len(ends) - 1)
        data[ends[at] + 1 : ends[at + 1]] = random.choice(words)


_CHANGES = (_cut, _flip, _drop, _double, _insert, _insert, _exchange, _exchange, _exchange)
