"""What a run found, as a file: written by the job that may run code, read by the one that may write comments.

The reader trusts nothing in it: every field has a type and a limit, and all text is shown, never obeyed.
"""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from nnviz_action.errors import ConfigError
from nnviz_action.system.files import read_own

VERSION: Literal[1] = 1
LARGEST = 8_000_000  # bytes of a file that is read at all
MOST_MODELS, MOST_CHANGES, MOST_KEYS = 2000, 2000, 40
Text = Annotated[str, Field(max_length=2000)]
Name = Annotated[str, Field(max_length=300)]
Commit = Annotated[str, Field(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})?$")]
Count = Annotated[int, Field(ge=0, le=10**18)]
FileName = Annotated[str, Field(pattern=r"^[\w.-]{1,200}$")]


StatusName = Literal[
    "", "fresh", "stale", "suspect", "drift", "missing", "edited", "unstaged", "orphan", "taken", "failed", "outdated"
]
StateName = Literal["", "same", "changed", "added", "removed", "renamed", "autograd", "failed"]


def _inside(path: str) -> str:
    """A path that stays in the repository."""
    if path.startswith("/") or ".." in path.split("/") or "\\" in path or not path.isprintable():
        raise ValueError("no path inside the repository")
    return path


Folder = Annotated[str, Field(max_length=1000), AfterValidator(_inside)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Change(_Part):
    """One change: sign, place, class, what is to be said of it, what happened to the parameters, the line of code."""

    sign: Literal["+", "-", "~"]
    where: Text
    what: Text = ""
    says: Text = ""
    size: Name = ""
    line: Annotated[str, Field(max_length=1000, pattern=r"^(.+:\d{1,7})?$"), AfterValidator(_inside)] = ""


class Shape(_Part):
    """A box of the picture of changes; `modules` are the titles of the frames around it, outermost first."""

    title: Text
    kind: Name
    subtitle: Text = ""
    rows: Annotated[list[Text], Field(max_length=20)] = []
    modules: Annotated[list[tuple[Text, Text]], Field(max_length=40)] = []


class Link(_Part):
    """An arrow between two boxes by their places in the list."""

    source: Count
    target: Count
    label: Text = ""
    style: Name = "solid"


class Sketch(_Part):
    """The picture of changes as it is folded: data from which a flowchart is written, never a flowchart."""

    boxes: Annotated[list[Shape], Field(max_length=200)] = []
    arrows: Annotated[list[Link], Field(max_length=500)] = []


class Over(_Part):
    """A budget that a model is over, and the line of the config that says so."""

    number: Literal["parameters", "macs", "activations", "saved"]
    value: Count
    limit: Count
    line: Count = 0


class Keys(_Part):
    """Keys of a state dict that the same became of: how they were called, how they are, their types, how many."""

    state: Literal["renamed", "reshaped", "retyped", "gone", "new", "tied", "untied"]
    key: Text = ""
    now: Text = ""
    says: Text = ""
    count: Count = 1


class Model(_Part):
    """One model: its verdict, and what happened to it since the base.

    `folder` is that of its diagram from the repository's root; `pictures` names the PNG files there, `was_folder` and
    `was_pictures` those of the base. `captured`: what it says of now is what the code gave, and no diagram yet.
    `folded` are changes that others stand for.
    `checkpoint` says what becomes of weights that were saved, `loads` whether they load, if that is known;
    `more_keys` counts rows of `keys` that were left out.
    `digests` are those of a model that came or went in a shard: only all together tell whether it was renamed.
    """

    model: Name
    status: StatusName = ""
    reasons: Annotated[list[Text], Field(max_length=50)] = []
    state: StateName = ""
    headline: Text = ""
    before: Annotated[dict[Name, Count], Field(max_length=20)] = {}
    after: Annotated[dict[Name, Count], Field(max_length=20)] = {}
    ends: Annotated[list[tuple[Text, Text, Text]], Field(max_length=200)] = []
    changes: Annotated[list[Change], Field(max_length=MOST_CHANGES)] = []
    folded: Annotated[list[Change], Field(max_length=MOST_CHANGES)] = []
    reshaped: Count = 0
    autograd: bool = False
    backward: Annotated[list[Text], Field(max_length=20)] = []
    counted: Text = ""
    captured: bool = False
    checkpoint: Text = ""
    loads: bool | None = None
    keys: Annotated[list[Keys], Field(max_length=MOST_KEYS)] = []
    more_keys: Count = 0
    digests: Annotated[dict[Name, Name], Field(max_length=10)] = {}
    sketch: Sketch = Sketch()
    folder: Folder = ""
    was_folder: Folder = ""
    pictures: Annotated[list[FileName], Field(max_length=50)] = []
    was_pictures: Annotated[list[FileName], Field(max_length=50)] = []
    over: Annotated[list[Over], Field(max_length=10)] = []


class Gallery(_Part):
    """A gallery that is not as it ought to be; `file` is its path from the config's folder."""

    file: Text
    status: StatusName
    reasons: Annotated[list[Text], Field(max_length=50)] = []


class Share(_Part):
    """The shard that a record is of, and what it takes to make one record of all shards.

    `order` has the models of the whole config.
    """

    number: Annotated[int, Field(ge=1, le=9999)]
    count: Annotated[int, Field(ge=1, le=9999)]
    order: Annotated[list[Name], Field(max_length=MOST_MODELS)] = []
    full: bool = False


class Record(_Part):
    """A run on one config, or on a part of it.

    `forced`: files alone would not show what is wrong; `tolerant`: drift is none; `full`: nothing was taken on trust.
    `notes` is for readers.
    The command that mends is made anew by whoever tells it, as people copy it.
    """

    nnviz: Literal[1] = VERSION
    config: Folder
    base: Name = ""
    head: Name = ""
    base_commit: Commit = ""
    head_commit: Commit = ""
    failing: bool = False
    forced: bool = False
    tolerant: bool = False
    full: bool = False
    notes: Annotated[list[Text], Field(max_length=50)] = []
    models: Annotated[list[Model], Field(max_length=MOST_MODELS)] = []
    galleries: Annotated[list[Gallery], Field(max_length=MOST_MODELS)] = []
    part: Share | None = None

    @property
    def stale(self) -> bool:
        """Whether something is not fresh, be it over its budget or not."""
        return bool(self.galleries) or any(model.status not in ("", "fresh") for model in self.models)

    def to_json(self) -> str:
        """The file's content: sorted keys, what is empty left out."""
        return (
            json.dumps(self.model_dump(exclude_defaults=True) | {"nnviz": VERSION}, indent=1, ensure_ascii=False)
            + "\n"
        )


def parse_record(data: bytes, name: str) -> Record:
    """The record in a file's content. Raises `ConfigError` for anything that is none."""
    if len(data) > LARGEST:
        raise ConfigError(f"{name}: larger than {LARGEST // 1_000_000} MB", hint="this is no report of nnviz-action")
    try:
        return Record.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigError(f"{name}: {place}: {first['msg']}", hint="this is no report of this nnviz-action") from None


def read_record(path: Path) -> Record:
    """The record in a file, which is no link: one may lead to anything. Raises `ConfigError`."""
    try:
        return parse_record(read_own(path, LARGEST), path.name)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
