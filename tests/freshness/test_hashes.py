"""Hashes by meaning."""

import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from nnviz_action.freshness.hashes import Hasher, output_hash
from nnviz_action.freshness.syntax import tree_hash


def test_line_ends_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x\ny\n")
    (tmp_path / "b").write_bytes(b"x\r\ny\r\n")
    hasher = Hasher()
    assert hasher.text(str(tmp_path / "a")) == hasher.text(str(tmp_path / "b")) is not None


def test_a_missing_file_has_no_hash(tmp_path: Path) -> None:
    assert Hasher().text(str(tmp_path / "none")) is None
    assert Hasher().text(str(tmp_path)) is None
    assert output_hash(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("graph.json", True),
        ("summary.md", True),
        ("forward.svg", True),
        ("model.onnx", False),
        ("forward.png", False),
    ],
)
def test_a_checkout_may_change_the_line_ends_of_generated_text(name: str, same: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"a\r\nb\r\n")
    assert (output_hash(tmp_path / name) == sha256(b"a\nb\n").hexdigest()) == same


def test_each_file_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("1")
    hasher = Hasher()
    first = hasher.text(str(path))
    path.write_text("2")
    assert hasher.text(str(path)) == first


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x  =  1  # why"),
        ("f(a, b)", "f(\n    a,\n    b,\n)"),
        ("x = 'a'", 'x = "a"'),
        ("def f(x):\n    return x", "def f( x ):\n\n    return (x)\n"),
        ("f'{x}'", 'f"{x}"'),
    ],
)
def test_layout_does_not_count(one: str, other: str) -> None:
    assert tree_hash(one.encode()) == tree_hash(other.encode()) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [("x = 1", "x = 2"), ("x = 1", "x = 1.0"), ("x = 'a'", "x = b'a'"), ("f(a)", "f(*a)"), ("[1, 2]", "[[1], 2]")],
)
def test_meaning_counts(one: str, other: str) -> None:
    assert tree_hash(one.encode()) != tree_hash(other.encode())


def test_what_does_not_parse_has_no_tree() -> None:
    assert tree_hash(b"def (") is None
    assert tree_hash(b"\0") is None


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 7\n"


def pointed(tmp_path: Path, attributes: str) -> tuple[str | None, str | None, str]:
    """The hash of a pointer, as a generated file and as a source, and the one that it names."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitattributes").write_text(attributes)
    (tmp_path / "real.png").write_bytes(b"\x89PNG...")
    sha = output_hash(tmp_path / "real.png")
    assert sha is not None
    path = tmp_path / "pointer.png"
    path.write_text(POINTER.format(sha))
    return output_hash(path), Hasher().text(str(path)), sha


@pytest.mark.parametrize(
    "attributes", ["*.png filter=lfs diff=lfs merge=lfs -text\n", "[attr]big filter=lfs\n*.png big\n"]
)
def test_an_lfs_pointer_stands_for_its_file(attributes: str, tmp_path: Path) -> None:
    generated, source, sha = pointed(tmp_path, attributes)
    assert generated == source == sha


@pytest.mark.parametrize(
    "attributes", ["", "*.onnx filter=lfs\n", "*.png filter=lfs\npointer.png -filter\n", "*.png lfs\n"]
)
def test_a_text_that_looks_like_a_pointer_is_a_text(attributes: str, tmp_path: Path) -> None:
    generated, source, sha = pointed(tmp_path, attributes)
    assert sha not in (generated, source)


def test_outside_of_a_repository_nothing_is_in_lfs(tmp_path: Path) -> None:
    (tmp_path / ".gitattributes").write_text("* filter=lfs\n")
    (tmp_path / "pointer").write_text(POINTER.format("0" * 64))
    assert output_hash(tmp_path / "pointer") != "0" * 64
