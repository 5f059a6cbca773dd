"""What somebody who wants another network to be seen does to a diagram, and to the lock that vouches for it.

Each kind takes a diagram that is true, the one that the same config has for another network, and leaves a lock whose
hashes are right: nobody is kept from computing them.
"""

import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nnviz_action.freshness.hashes import output_hash
from nnviz_action.freshness.lock import Lock, lock_bytes, read_lock

CONFIG = """\
defaults: {theme: both, formats: [png, svg], focus: [body], color: parameters}
models:
  net: {model: 'net:Net', inputs: [[2, 8]]}
"""
NET = """\
from torch import nn

from sizes import WIDTH


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 8))
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(x + self.body(x))
"""
TRUE = {"nnviz.yaml": CONFIG, "net.py": NET, "sizes.py": "WIDTH = 4096\n"}
OTHER = TRUE | {"net.py": NET.replace("x + self.body(x)", "self.body(self.body(x))"), "sizes.py": "WIDTH = 4\n"}
PICTURES = [
    f"{view}{theme}.{form}"
    for view in ("overview", "forward", "autograd", "forward.body")
    for theme in ("", "-dark")
    for form in ("png", "svg")
]


@dataclass(frozen=True)
class Diagram:
    """A diagram that is being forged, and the one of the other network."""

    folder: Path
    other: Path

    @property
    def lock(self) -> Lock:
        found = read_lock(self.folder)
        assert found is not None
        return found

    @property
    def others_lock(self) -> Lock:
        found = read_lock(self.other)
        assert found is not None
        return found

    def say(self, **fields: Any) -> None:
        """A lock that says this, with the hashes of the files as they are."""
        lock = replace(self.lock, **fields)
        if "outputs" not in fields:
            lock = replace(lock, outputs={n: output_hash(self.folder / n) or sha for n, sha in lock.outputs.items()})
        (self.folder / "lock.json").write_bytes(lock_bytes(lock))

    def write(self, name: str, data: bytes) -> None:
        assert not (self.folder / name).exists() or (self.folder / name).read_bytes() != data, f"{name} is the same"
        (self.folder / name).write_bytes(data)
        self.say()

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def take(self, *names: str) -> None:
        """The other network's files."""
        for name in names:
            self.write(name, (self.other / name).read_bytes())

    def add(self, name: str, data: bytes) -> None:
        """A file more, for which the lock vouches too."""
        (self.folder / name).write_bytes(data)
        self.say(outputs=self.lock.outputs | {name: output_hash(self.folder / name) or ""})

    def drop(self, name: str, **fields: Any) -> None:
        """A file less."""
        (self.folder / name).unlink()
        self.say(outputs={n: sha for n, sha in self.lock.outputs.items() if n != name}, **fields)


Forge = Callable[[Diagram], object]


def taken(*names: str) -> Forge:
    return lambda diagram: diagram.take(*names)


def swapped(name: str, old: str, new: str) -> Forge:
    def forge(diagram: Diagram) -> None:
        text = diagram.read(name)
        assert old.encode() in text, f"{old} is not in {name}"
        diagram.write(name, text.replace(old.encode(), new.encode()))

    return forge


def said(**fields: Any) -> Forge:
    return lambda diagram: diagram.say(**fields)


def merged(field: str, **values: Any) -> Forge:
    """Values of a field that is a mapping; None takes one away."""

    def forge(diagram: Diagram) -> None:
        found = getattr(diagram.lock, field) | {name.replace("__", "."): value for name, value in values.items()}
        assert found != getattr(diagram.lock, field)
        diagram.say(**{field: {name: value for name, value in found.items() if value is not None}})

    return forge


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunks(name: str, made: Callable[[bytes], bytes], before: bytes = b"IDAT") -> Forge:
    """A PNG with chunks more."""

    def forge(diagram: Diagram) -> None:
        data = diagram.read(name)
        place = data.index(before) - 4
        diagram.write(name, data[:place] + made((diagram.other / name).read_bytes()) + data[place:])

    return forge


def with_its_hash(name: str, **fields: Any) -> Forge:
    """The other network's picture with the hash of the true drawing in it."""
    pattern = rb'nnviz-drawing(?:="|\0)([0-9a-f]{64})'

    def forge(diagram: Diagram) -> None:
        found, forged = (
            re.search(pattern, data) for data in (diagram.read(name), (diagram.other / name).read_bytes())
        )
        data = (diagram.other / name).read_bytes()
        if found and forged:  # a version that keeps none has none to copy
            data = data.replace(forged[1], found[1])
        if name.endswith(".png"):
            data = _sums(data)
        diagram.write(name, data)
        diagram.say(**{field: getattr(diagram.lock, field) | more for field, more in fields.items()})

    return forge


def _sums(data: bytes) -> bytes:
    """A PNG whose checksums are right again."""
    made, place = data[:8], 8
    while place < len(data):
        size = struct.unpack(">I", data[place : place + 4])[0]
        made += chunk(data[place + 4 : place + 8], data[place + 8 : place + 8 + size])
        place += 12 + size
    return made
