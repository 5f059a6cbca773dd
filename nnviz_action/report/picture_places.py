"""Where what a comment shows is: pictures in a commit, on a branch of their own or in an artifact; lines of code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from nnviz_action.report.escape import code, escape
from nnviz_action.report.record import Change, Model


@dataclass(frozen=True)
class Place:
    """Where the pictures of a side are: a commit of a repository on a server, as `https://github.com`."""

    server: str
    repository: str
    commit: str

    def picture(self, folder: str, name: str) -> str:
        """The address of a committed picture, which GitHub shows also where the repository is private."""
        return f"{self.server}/{self.repository}/blob/{self.commit}/{quote(f'{folder}/{name}')}?raw=true"

    def line(self, path: str, number: str) -> str:
        """The address of a line of code."""
        return f"{self.server}/{self.repository}/blob/{self.commit}/{quote(path)}#L{number}"


@dataclass(frozen=True)
class Places:
    """Both sides, and the run that found all this; where something is not known, nothing leads there.

    `pictures` has the addresses of those that no commit has, as `NAME.diff.png`; `artifacts`: the run keeps them.
    `has_lines`: lines of code were counted in that very head.
    """

    head: Place | None = None
    base: Place | None = None
    run: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict)
    artifacts: bool = False
    has_lines: bool = False


NOWHERE = Places()
_NAMES = {"diff": "what changed", "overview": "overview"}  # of other pictures: the graph that they show


def overviews(model: Model, places: Places) -> Iterator[str]:
    """Lines: the stages of the model before and after, for all to see; none where only autograd changed, or where
    there is no picture yet of what it is now."""
    shown = _sides(model, places, "overview") if model.state != "autograd" else {}
    if "after" in shown or model.state == "removed":
        yield from _table(shown)


def code_line(change: Change, places: Places) -> str:
    """A link to the line of code that a change is about: where it was, for what is gone."""
    place = places.base if change.sign == "-" else places.head
    path, _, number = change.line.rpartition(":")
    if not path:
        return ""
    if place is None or not (change.sign == "-" or places.has_lines):
        return f"<sub>{code(change.line)}</sub>"
    return f"<sub>[{escape(change.line)}]({place.line(path, number)})</sub>"


def before_and_after(model: Model, places: Places) -> Iterator[str]:
    """Lines: both side by side, with links beside, as a picture may not load for everybody."""
    shown = _sides(model, places, "autograd" if model.state == "autograd" else "forward")
    if shown:
        yield from ("", f"<details><summary>{' and '.join(shown)}</summary>")
        yield from (*_table(shown), "", "</details>")


def _sides(model: Model, places: Places, view: str) -> dict[str, str]:
    """The pictures of a view that there are, by `before` and `after`."""
    before = _committed(places.base, model.was_folder, model.was_pictures, view)
    after = published(model, places, view) or _committed(places.head, model.folder, model.pictures, view)
    return {name: picture for name, picture in (("before", before), ("after", after)) if picture}


def _table(shown: Mapping[str, str]) -> Iterator[str]:
    if shown:
        yield from ("", f"| {' | '.join(shown)} |", f"|{'---|' * len(shown)}", f"| {' | '.join(shown.values())} |")


def _committed(place: Place | None, folder: str, files: list[str], view: str) -> str:
    """A view of a commit, empty where there is none."""
    if not (place and folder and f"{view}.png" in files):
        return ""
    dark = place.picture(folder, f"{view}-dark.png") if f"{view}-dark.png" in files else ""
    return _image(place.picture(folder, f"{view}.png"), dark, _NAMES.get(view, f"{view} graph"))


def published(model: Model, places: Places, view: str) -> str:
    """A picture that no commit has, empty where there is none."""
    light, dark = (places.pictures.get(f"{model.model}.{view}{theme}.png", "") for theme in ("", "-dark"))
    return _image(light, dark, _NAMES.get(view, f"{view} graph")) if light else ""


def _image(light: str, dark: str, what: str) -> str:
    image = f'<img src="{light}" alt="{what}" width="380">'
    if dark:
        image = f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">{image}</picture>'
    return f"{image}<br>[open]({light})"
