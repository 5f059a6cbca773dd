"""Writing and removing generated files."""

from hashlib import sha256
from pathlib import Path

import pytest

from nnviz_action.errors import ModelError
from nnviz_action.freshness import outputs
from nnviz_action.freshness.lock import Lock, lock_bytes, read_lock
from nnviz_action.freshness.outputs import (
    file_names,
    find_orphans,
    focus_name,
    is_ours,
    remove_orphan,
    replace,
    write_diagram,
)


def lock_for(files: dict[str, bytes], model: str = "m") -> Lock:
    hashes = {name: sha256(data).hexdigest() for name, data in files.items()}
    return Lock(model=model, config="../../nnviz.yaml", written="w", entry="e", outputs=hashes)


PLAIN = {"focus": [], "theme": "light", "formats": ["png"]}
ALWAYS = "model.onnx summary.md"


@pytest.mark.parametrize(
    ("views", "asked", "expected"),
    [
        ("forward autograd", {}, f"{ALWAYS} forward.png autograd.png"),
        ("autograd", {}, "autograd.png"),
        ("forward", {"theme": "dark"}, f"{ALWAYS} forward-dark.png"),
        ("forward", {"theme": "both"}, f"{ALWAYS} forward.png forward-dark.png"),
        ("forward", {"formats": ["svg"]}, f"{ALWAYS} forward.svg"),
        ("forward", {"theme": "both", "formats": ["png", "svg"]}, f"{ALWAYS} forward.png forward.svg forward-dark.png forward-dark.svg"),
        ("forward", {"focus": ["layer1.0"]}, f"{ALWAYS} forward.png forward.layer1.0.png"),
        ("autograd", {"focus": ["layer1.0"]}, "autograd.png"),
        ("forward", {"render": "netron", "theme": "both"}, f"{ALWAYS} netron.png forward.png forward-dark.png"),
        ("autograd", {"render": "netron"}, "autograd.png"),
        ("forward", {"focus": ["a"], "theme": "dark", "formats": ["svg"]}, f"{ALWAYS} forward-dark.svg forward.a-dark.svg"),
    ],
)  # fmt: skip
def test_the_files_that_are_asked_for(views: str, asked: dict[str, object], expected: str) -> None:
    names = file_names(views.split(), PLAIN | asked)
    assert names == tuple(expected.split())
    assert all(is_ours(name) for name in names)


def test_no_path_of_a_module_leads_out_of_the_folder() -> None:
    assert focus_name("../сеть/a b").startswith("forward..._сеть_a_b-")
    assert is_ours(f"{focus_name('../сеть/a b')}.png")


def test_no_two_modules_share_a_picture() -> None:
    asked = PLAIN | {"focus": ["сеть.вход", "сеть.тело", "a b", "a_b", "x", "x-dark"], "theme": "both"}
    assert len(set(file_names(["forward"], asked))) == len(file_names(["forward"], asked))


@pytest.mark.parametrize(
    ("name", "ours"),
    [("lock.json", True), ("forward-dark.svg", True), ("autograd.png", True), ("netron.svg", True), ("netron-dark.svg", False), ("forward.encoder.layers.0-dark.png", True),
     ("notes.md", False), ("forward.png.bak", False), ("my-forward.png", False), ("forward.jpg", False),
     ("forward.a/../b.png", False), ("model.onnx.data", False)],
)  # fmt: skip
def test_what_may_be_generated(name: str, ours: bool) -> None:
    assert is_ours(name) == ours


def test_replace_says_whether_it_wrote(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    assert replace(path, b"1")
    before = path.stat().st_mtime_ns
    assert not replace(path, b"1")
    assert path.stat().st_mtime_ns == before
    assert replace(path, b"2")
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    replace(path, b"old")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        replace(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"theirs")
    (tmp_path / "file").symlink_to(tmp_path / "outside")
    replace(tmp_path / "file", b"ours")
    assert (tmp_path / "outside").read_bytes() == b"theirs"
    assert not (tmp_path / "file").is_symlink()


def test_the_lock_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(outputs, "replace", lambda path, data: order.append(path.name) or True)
    files = {"model.onnx": b"1", "forward.png": b"2"}
    write_diagram(tmp_path, files, lock_for(files))
    assert order == ["lock.json", "model.onnx", "forward.png", "lock.json"], "first to claim, last to vouch"


def test_files_of_a_view_that_is_no_longer_wanted_go(tmp_path: Path) -> None:
    both = {"model.onnx": b"1", "forward.png": b"2", "autograd.png": b"3"}
    write_diagram(tmp_path, both, lock_for(both))
    forward = {"model.onnx": b"1", "forward.png": b"2"}
    assert write_diagram(tmp_path, forward, lock_for(forward)) == ["autograd.png", "lock.json"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["forward.png", "lock.json", "model.onnx"]


def test_pictures_of_a_theme_a_format_or_a_focus_that_is_no_longer_wanted_go(tmp_path: Path) -> None:
    asked = {"theme": "both", "formats": ["png", "svg"], "focus": ["layer1"]}
    many = {name: name.encode() for name in file_names(["forward"], asked)}
    write_diagram(tmp_path, many, lock_for(many))
    few = {name: name.encode() for name in file_names(["forward"], PLAIN)}
    write_diagram(tmp_path, few, lock_for(few))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["forward.png", "lock.json", "model.onnx", "summary.md"]


def test_an_unwanted_file_that_was_changed_stays(tmp_path: Path) -> None:
    both = {"forward.png": b"2", "autograd.png": b"3"}
    write_diagram(tmp_path, both, lock_for(both))
    (tmp_path / "autograd.png").write_bytes(b"the user's own")
    write_diagram(tmp_path, {"forward.png": b"2"}, lock_for({"forward.png": b"2"}))
    assert (tmp_path / "autograd.png").read_bytes() == b"the user's own"


def test_a_file_that_is_not_ours_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"theirs")
    files = {"forward.png": b"2", "model.onnx": b"1"}
    with pytest.raises(ModelError, match="nnviz-action did not write it"):
        write_diagram(tmp_path, files, lock_for(files))
    assert [p.name for p in tmp_path.iterdir()] == ["model.onnx"]
    assert (tmp_path / "model.onnx").read_bytes() == b"theirs"


def test_what_an_interrupted_run_left_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"forward.png": b"2", "model.onnx": b"1"}
    real = outputs.replace
    monkeypatch.setattr(outputs, "replace", lambda p, d: real(p, d) if p.name != "model.onnx" else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_diagram(tmp_path, files, lock_for(files))
    left = read_lock(tmp_path)
    assert left is not None and (left.entry, left.outputs["forward.png"]) == ("", "")
    monkeypatch.setattr(outputs, "replace", real)
    assert write_diagram(tmp_path, files, lock_for(files)) == ["model.onnx", "lock.json"]


def orphaned(tmp_path: Path) -> tuple[Path, Path]:
    """An output folder with one diagram, and the config that wrote it."""
    folder = tmp_path / "diagrams" / "old"
    files = {"model.onnx": b"1", "forward.png": b"2"}
    write_diagram(folder, files, lock_for(files, "old"))
    return folder, tmp_path / "nnviz.yaml"


def test_an_orphan_is_found_and_removed(tmp_path: Path) -> None:
    folder, config = orphaned(tmp_path)
    assert find_orphans({folder.parent}, set(), config) == [folder]
    assert remove_orphan(folder) == []
    assert not folder.exists()


def test_the_diagram_of_another_config_is_no_orphan(tmp_path: Path) -> None:
    folder, config = orphaned(tmp_path)
    config.touch()
    assert find_orphans({folder.parent}, set(), config.with_name("other.yaml")) == []
    config.unlink()
    assert find_orphans({folder.parent}, set(), config.with_name("other.yaml")) == [folder]


def test_what_others_put_into_an_orphan_stays(tmp_path: Path) -> None:
    folder, _ = orphaned(tmp_path)
    (folder / "notes.md").write_text("mine")
    (folder / "forward.png").write_bytes(b"edited by hand")
    assert remove_orphan(folder) == ["forward.png", "notes.md"]


def test_a_lock_cannot_name_files_elsewhere(tmp_path: Path) -> None:
    folder, _ = orphaned(tmp_path)
    victim = tmp_path / "precious"
    victim.write_bytes(b"data")
    sha = sha256(b"data").hexdigest()
    (folder / "lock.json").write_bytes(
        lock_bytes(Lock("old", "../../nnviz.yaml", "w", "e", outputs={"../../precious": sha}))
    )
    assert read_lock(folder) is not None
    remove_orphan(folder)
    assert victim.read_bytes() == b"data"


def test_a_model_renamed_by_case_alone_keeps_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a disk that takes `old` and `OLD` for one name."""
    folder, config = orphaned(tmp_path)
    wanted = folder.with_name("OLD")
    assert find_orphans({folder.parent}, {wanted}, config) == [folder]
    monkeypatch.setattr(Path, "samefile", lambda one, other: str(one).casefold() == str(other).casefold())
    assert find_orphans({folder.parent}, {wanted}, config) == []
    files = {"forward.png": b"new"}
    write_diagram(wanted, files, lock_for(files, "OLD"))
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == ["OLD"]
