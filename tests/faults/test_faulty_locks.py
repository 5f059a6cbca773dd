"""Thousands of locks that are wrong somewhere, most of them with a right checksum: nothing in a lock is believed."""

import json
from collections.abc import Iterator
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
from faulty import Ground, keeps_its_promise, tried
from mutants import mutants

from nnviz_action.config import read_document
from nnviz_action.config.load import load_config
from nnviz_action.freshness import lock as locks
from nnviz_action.freshness.facts import hash_sources
from nnviz_action.freshness.hashes import Hasher
from nnviz_action.freshness.lock import Lock, lock_bytes
from nnviz_action.freshness.outputs import write_diagram
from nnviz_action.project import recapture
from nnviz_action.project.survey import expected_names

CONFIG = "models:\n  m: {model: net:A, inputs: [[1]], sources: [data/*.json]}\n"
LOCK = "diagrams/m/lock.json"
ODD = (
    None, True, 0, -1, 10**30, 1.5, float("nan"), float("inf"), "", "x", "../x", "../../../outside/secret", "/etc/passwd", "/dev/zero",
    "a\0b", "\ud800", "x" * 300, "a/" * 3000, ".", "..", "model.onnx", "forward.../x.png", "net.py", [], ["x"], [1, 2, 3], {}, {"a": 1},
    {"../../../outside/secret": "0"}, {"net.py": ["0", "0"]}, {"a\0b": "0"}, {"x" * 300: "0"}, {"\ud800": "0"}, {"model.onnx": ""},
    {"../x": "0", "/etc/passwd": "0"}, {"forward": "0"}, {"parameters": 10**18}, {"parameters": -1}, {"parameters": True},
)  # fmt: skip


def drawn(ground: Ground) -> bytes:
    """A diagram as `generate` would leave it, without running a model: its lock."""
    ground.write("nnviz.yaml", CONFIG)
    ground.write("net.py", "A = 1\n")
    ground.write("data/a.json", "{}\n")
    (spec,) = load_config(read_document(Path("nnviz.yaml").resolve())).models
    files = {name: name.encode() for name in expected_names(spec, None)}
    folder = ground.folder
    lock = Lock(
        model="m", config="../../nnviz.yaml", written=spec.written, entry=spec.entry(), digests=dict.fromkeys(spec.graphs, "0"),
        outputs={n: sha256(d).hexdigest() for n, d in files.items()}, numbers={"parameters": 7, "nodes": 2},
        sources=hash_sources([folder / "net.py", folder / "data/a.json"], folder, Hasher()), weights={"forward": "meta"},
    )  # fmt: skip
    write_diagram(spec.folder, files, lock)
    return lock_bytes(lock)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("locks"))
        patch.setattr(recapture, "_can_capture", lambda _: False)  # files are judged here, no model runs
        ground = Ground(Path.cwd())
        yield ground
        assert ground.is_untouched_outside()


def signed(data: dict[str, Any]) -> bytes:
    """With the checksum that belongs to it, as a forger would."""
    rest = {key: value for key, value in data.items() if key not in ("nnviz", "checksum")}
    return json.dumps({**data, "checksum": locks._checksum(rest)}).encode()


def forged(lock: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Well-formed locks with a value or two that are odd."""
    random = Random(seed)
    for _ in range(count):
        data = json.loads(lock)
        for _ in range(random.choice((1, 1, 2, 4))):
            key, odd = random.choice(sorted(data)), deepcopy(random.choice(ODD))
            if isinstance(data[key], dict) and data[key] and random.random() < 0.6:
                inner = random.choice(sorted(data[key]))
                data[key][inner if random.random() < 0.5 or not isinstance(odd, str) else odd] = odd
            else:
                data[key] = odd
        yield signed(data)


def judged(ground: Ground, text: bytes, command: str = "check") -> int:
    ground.write(LOCK, text)
    found = tried(command, "--format", "json") if command == "check" else tried(*command.split())
    keeps_its_promise(found, text, places=["nnviz.yaml:", "lock.json"])
    return found.code


def test_the_lock_that_all_this_begins_with_is_fresh_but_for_its_gallery(ground: Ground) -> None:
    assert judged(ground, drawn(ground)) == 1
    assert '"fresh"' in tried("check", "--format", "json").said


@pytest.mark.parametrize("seed", range(8))
def test_forged_with_a_right_checksum(seed: int, ground: Ground) -> None:
    for text in forged(drawn(ground), seed, 250):
        judged(ground, text)


@pytest.mark.parametrize("seed", range(4))
def test_mutants(seed: int, ground: Ground) -> None:
    for text in mutants([drawn(ground)], seed, 200):
        judged(ground, text)


@pytest.mark.parametrize(
    "odd", [value for value in ODD if isinstance(value, str)], ids=lambda value: f"{value!a:.20}"
)
@pytest.mark.parametrize("key", ["config", "model", "sources", "outputs"])
def test_no_text_of_a_lock_is_a_path_that_is_followed(key: str, odd: str, ground: Ground) -> None:
    data = json.loads(drawn(ground))
    data[key] = {**data[key], odd: "0"} if isinstance(data[key], dict) else odd
    assert judged(ground, signed(data)) in (0, 1)


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[" * 200_000, b'{"nnviz":' * 50_000, b"9" * 50_000, b'{"nnviz": 2, "nnviz": 2}', b"\xff\xfe{\0}\0", b"\0" * 100, b"NaN"],
    ids=lambda text: f"{text!r:.16}",
)  # fmt: skip
def test_no_lock_at_all(text: bytes, ground: Ground) -> None:
    drawn(ground)
    assert judged(ground, text) == 1


def test_a_lock_without_end_is_not_read_to_it(ground: Ground) -> None:
    drawn(ground)
    with (ground.folder / LOCK).open("r+b") as file:
        file.truncate(10**12)
    keeps_its_promise(tried("check"), "a lock of a terabyte", places=["lock.json"])
    (ground.folder / LOCK).unlink()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 150))
def test_many_more_forged(seed: int, ground: Ground) -> None:
    for text in forged(drawn(ground), seed, 250):
        judged(ground, text)
