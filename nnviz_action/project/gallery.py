"""The gallery of each output folder: what ought to be in it by config and locks alone, and what is."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnviz_action.config import Document, read_document
from nnviz_action.errors import ConfigError
from nnviz_action.freshness.facts import relative
from nnviz_action.freshness.lock import NAME, Lock, read_lock
from nnviz_action.freshness.outputs import GALLERY as PAGE
from nnviz_action.freshness.outputs import own_outputs, replace
from nnviz_action.freshness.verdict import Lacking, Status, Verdict
from nnviz_action.project.survey import ModelState, folders_in
from nnviz_action.report.gallery import MARKER, GalleryModel, gallery
from nnviz_action.system.files import read_own
from nnviz_action.system.repository import repository_root

if TYPE_CHECKING:
    from nnviz_action.freshness.git_index import Index


@dataclass(frozen=True)
class Page:
    """The gallery of one folder. `wanted` is None where there ought to be none, `found` None where there is none.

    One that is not ours (`foreign`) stays as it is; `strict` lets none take the place of a gallery.
    """

    path: Path
    wanted: bytes | None
    found: bytes | None
    foreign: bool
    strict: bool = False

    @property
    def stale(self) -> bool:
        """Whether `generate` would write or remove it."""
        return not self.foreign and self.found != self.wanted

    @property
    def supplanted(self) -> bool:
        """Whether somebody else's file is where GitHub would show ours, and that is not to be."""
        return self.strict and self.foreign and self.wanted is not None


def find_pages(
    document: Document, states: Mapping[str, ModelState], index: "Index | None" = None, strict: bool = False
) -> list[Page]:
    """The galleries of all folders that the config writes to; `states` holds locks that were read already.

    Under an `index`, models of other configs count where the next commit has them.
    """
    own: dict[Path, dict[str, Lock | None]] = {}
    for name, folder in folders_in(document).items():
        lock = states[name].lock if name in states else _lock(folder)
        own.setdefault(Path(os.path.normpath(folder.parent)), {})[name] = lock
    return [replace_fields(_page(document, folder, locks, index), strict=strict) for folder, locks in own.items()]


def _page(document: Document, folder: Path, own: Mapping[str, Lock | None], index: "Index | None") -> Page:
    path, names = folder / PAGE, _listed(folder)
    other = {name: lock for name in names if name not in own and (lock := _lock(folder / name)) is not None}
    locks = {name: lock for name, lock in {**own, **other}.items() if lock is not None and lock.entry}
    models = list(_models(document, folder, locks, own, index))
    kept = document.data.get("gallery", True) is not False
    found, foreign = _read(path, names)
    if not kept and any(model.name not in own for model in models):
        foreign = True  # another config's, which may keep it
    return Page(path, gallery(models).encode() if kept and models else None, found, foreign)


def _listed(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208  # names are all we want
    except OSError:
        return []


def _read(path: Path, names: Iterable[str]) -> tuple[bytes | None, bool]:
    """What is there, with LF line ends, and whether it is somebody else's, under whatever case of the name."""
    alike = [name for name in names if name.casefold() == PAGE.casefold()]
    if not alike:
        return None, False
    try:
        data = read_own(path).replace(b"\r\n", b"\n")
    except OSError:
        return None, True
    return data, alike != [PAGE] or not data.startswith(f"{MARKER}\n".encode())


def _models(
    document: Document, folder: Path, locks: Mapping[str, Lock], own: Mapping[str, Any], index: "Index | None"
) -> Iterator[GalleryModel]:
    """The models whose diagrams are in a folder, without those that left their config."""
    root = repository_root(document.path.parent) or document.path.parent
    documents: dict[str, Document | None] = {str(document.path): document}
    for name, lock in locks.items():
        writer = os.path.normpath(folder / name / lock.config)
        if writer not in documents:
            documents[writer] = _other(document, Path(writer), root)
        by = documents[writer] or (document if name in own else None)
        is_there = name in own or index is None or index.holds(f"{folder}/{name}/{NAME}")
        if by is not None and (name in own or by is not document) and lock.model == name and is_there:
            yield GalleryModel(name, _origin(by, name), lock.numbers, tuple(own_outputs(lock)))


def _other(document: Document, path: Path, root: Path) -> Document | None:
    """The config at a path: None where there is none in the repository, without data where it cannot be read."""
    if not os.path.isfile(path) or not path.resolve().is_relative_to(root.resolve()):  # noqa: PTH113  # as in facts
        return None
    if path.resolve() == document.path.resolve():
        return document
    try:
        return read_document(path)
    except ConfigError:
        return Document(path, path.name)


def _origin(document: Document, name: str) -> str:
    """What the config says that a model is made from."""
    models = document.data.get("models") if isinstance(document.data, dict) else None
    entry = models.get(name) if isinstance(models, dict) else None
    found = (entry.get("model") or entry.get("onnx")) if isinstance(entry, dict) else None
    return found if isinstance(found, str) else ""


def _lock(folder: Path) -> Lock | None:
    try:
        return read_lock(folder)
    except ConfigError:
        return None


def judge_pages(pages: Iterable[Page], base: Path) -> tuple[Verdict, ...]:
    """A verdict on each that is not as it ought to be, under its path from the config's folder."""
    return tuple(
        Verdict(relative(page.path, base), Status.OUTDATED, (_why(page),))
        for page in pages
        if page.stale or page.supplanted
    )


def _why(page: Page) -> str:
    if page.supplanted:
        return "not written by nnviz-action, and where the gallery ought to be: move it away, or  gallery: false"
    if page.wanted is None:
        return "there ought to be no gallery of this folder"
    if page.found is None:
        return "there is no gallery of this folder yet"
    return "the gallery shows other models, numbers or files than there are"


def lacking_pages(pages: Iterable[Page], index: "Index", base: Path) -> dict[Page, Lacking]:
    """What the next commit would lack of galleries that are right on disk."""
    from nnviz_action.freshness.git_index import ignored  # noqa: PLC0415  # only a commit asks

    found = {}
    for page in pages:
        if page.foreign or page.stale or page.wanted is None:
            continue
        name, path = relative(page.path, base), str(page.path)
        if not index.holds(path):
            kept_out = ignored(index, base, [name])
            found[page] = Lacking(ignored=(name,)) if kept_out else Lacking(unknown=(name,))
        elif index.differs(path):
            found[page] = Lacking(changed=(name,))
    return found


def write_pages(pages: Iterable[Page]) -> list[Path]:
    """Write or remove the galleries that are not as they ought to be: the paths. Raises `OSError`."""
    stale = [page for page in pages if page.stale]
    for page in stale:
        if page.wanted is None:
            page.path.unlink(missing_ok=True)
        else:
            replace(page.path, page.wanted)
    return [page.path for page in stale]


def foreign_note(pages: Iterable[Page], shown: str) -> str:
    """What to say of galleries that could not be written, as somebody else's file is there."""
    paths = [str(page.path) for page in pages if page.foreign and page.wanted is not None]
    cure = f"to end this note: move it away, or  gallery: false  in {shown}"
    return (
        f"note: no gallery, as this was not written by nnviz-action: {', '.join(paths)}\n  {cure}\n" if paths else ""
    )
