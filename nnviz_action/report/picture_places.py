"""Where the pictures that a comment shows are: committed, on a branch of their own, or in an artifact."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from nnviz_action.report.record import Model


@dataclass(frozen=True)
class Place:
    """Where the pictures of a side are: a commit of a repository on a server, as `https://github.com`."""

    server: str
    repository: str
    commit: str

    def picture(self, folder: str, name: str) -> str:
        """The address of a committed picture, which GitHub shows also where the repository is private."""
        return f"{self.server}/{self.repository}/blob/{self.commit}/{quote(f'{folder}/{name}')}?raw=true"


@dataclass(frozen=True)
class Places:
    """Both sides, and the run that found all this; where something is not known, nothing leads there.

    `pictures` has the addresses of those that no commit has, as `NAME.diff.png`; `artifacts`: the run keeps them.
    """

    head: Place | None = None
    base: Place | None = None
    run: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict)
    artifacts: bool = False


NOWHERE = Places()


def before_and_after(model: Model, places: Places) -> Iterator[str]:
    """Lines: both side by side, with links beside, as a picture may not load for everybody."""
    view = "autograd" if model.state == "autograd" else "forward"
    before = _committed(places.base, model.was_folder, model.was_pictures, view)
    after = published(model, places, view) or _committed(places.head, model.folder, model.pictures, view)
    shown = {name: picture for name, picture in (("before", before), ("after", after)) if picture}
    if not shown:
        return
    yield from ("", f"<details><summary>{' and '.join(shown)}</summary>", "")
    yield f"| {' | '.join(shown)} |"
    yield f"|{'---|' * len(shown)}"
    yield f"| {' | '.join(shown.values())} |"
    yield from ("", "</details>")


def _committed(place: Place | None, folder: str, files: list[str], view: str) -> str:
    """A view of a commit, empty where there is none."""
    if not (place and folder and f"{view}.png" in files):
        return ""
    dark = place.picture(folder, f"{view}-dark.png") if f"{view}-dark.png" in files else ""
    return _image(place.picture(folder, f"{view}.png"), dark, f"{view} graph")


def published(model: Model, places: Places, view: str) -> str:
    """A picture that no commit has, empty where there is none."""
    light, dark = (places.pictures.get(f"{model.model}.{view}{theme}.png", "") for theme in ("", "-dark"))
    return _image(light, dark, "what changed" if view == "diff" else f"{view} graph") if light else ""


def _image(light: str, dark: str, what: str) -> str:
    image = f'<img src="{light}" alt="{what}" width="380">'
    if dark:
        image = f'<picture><source media="(prefers-color-scheme: dark)" srcset="{dark}">{image}</picture>'
    return f"{image}<br>[open]({light})"
