"""Locks: written the same everywhere, read back as they were, and never trusted when broken."""

import json
from pathlib import Path

import pytest

from nnviz_action.errors import ConfigError
from nnviz_action.freshness import lock
from nnviz_action.freshness.lock import Lock, Source, lock_bytes, read_lock

LOCK = Lock(
    model="m", config="../../nnviz.yaml", written="w", entry="e", digests={"forward": "f"}, outputs={"model.onnx": "1"},
    sources={"b.py": Source("t", "s"), "a.json": Source("u")}, opaque=("twist",), numbers={"nodes": 3},
)  # fmt: skip


def write(folder: Path, data: bytes) -> Path:
    (folder / "lock.json").write_bytes(data)
    return folder


def test_round_trip(tmp_path: Path) -> None:
    assert read_lock(write(tmp_path, lock_bytes(LOCK))) == LOCK


def test_bytes_are_sorted_lf_and_end_with_a_newline() -> None:
    data = lock_bytes(LOCK)
    assert b"\r" not in data and data.endswith(b"}\n")
    assert list(json.loads(data)) == sorted(json.loads(data))
    assert data.index(b"a.json") < data.index(b"b.py")


def test_no_lock_is_none(tmp_path: Path) -> None:
    assert read_lock(tmp_path) is None
    assert read_lock(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    "change",
    [
        {"nnviz": 1},
        {"nnviz": 6},
        {"sources": []},
        {"outputs": {"model.onnx": 5}},
        {"outputs": None},
        {"more": 1},
        {"model": 3},
        {"opaque": 4},
        {"sources": {"a.py": 5}},
        {"numbers": []},
    ],
)
def test_broken_locks_are_told_apart_from_missing_ones(change: dict[str, object], tmp_path: Path) -> None:
    data = json.loads(lock_bytes(LOCK)) | change
    rest = {key: value for key, value in data.items() if key not in ("nnviz", "checksum")}
    data["checksum"] = lock._checksum(rest)
    with pytest.raises(ConfigError, match=r"/lock\.json is broken: "):
        read_lock(write(tmp_path, json.dumps(data).encode()))


def test_a_lock_that_a_merge_put_together_is_broken(tmp_path: Path) -> None:
    data = json.loads(lock_bytes(LOCK)) | {"digests": {"forward": "of the other branch"}}
    with pytest.raises(ConfigError, match="merged from two branches"):
        read_lock(write(tmp_path, json.dumps(data).encode()))


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"x"', b"[" * 100_000])
def test_garbage_is_broken(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nnviz-action generate"):
        read_lock(write(tmp_path, data))
