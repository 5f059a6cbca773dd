"""The environment of a job on GitHub, read once into one value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nnviz_action.errors import ConfigError
from nnviz_action.github.event import COMMIT, REPOSITORY, Facts, facts, read_payload

_URL = re.compile(r"https?://[\w.-]+(:\d+)?(/[\w./-]*)?", re.ASCII)
_ABOUT_A_HEAD = ("pull_request", "pull_request_target", "workflow_run")  # there, GITHUB_SHA is another commit
DEPENDABOT = "dependabot[bot]"


@dataclass(frozen=True)
class Run:
    """A job's run: what happened, where, and what it may write to. What is not known is "" or None.

    `server` and `api` are addresses without a slash at the end, on an Enterprise Server its own; `head_sha` is the
    pull request's own head, not the merge that GitHub tests; `base_sha` what there is to compare with.
    """

    event: str
    repository: str
    server: str = "https://github.com"
    api: str = "https://api.github.com"
    token: str = field(default="", repr=False)
    number: int | None = None
    base_sha: str = ""
    base_ref: str = ""
    head_sha: str = ""
    head_ref: str = ""
    head_repository: str = ""
    actor: str = ""
    url: str = ""
    summary: Path | None = None
    output: Path | None = None

    @property
    def fork(self) -> bool:
        """Whether the head is in another repository; so it counts where that repository is gone."""
        return self.event in _ABOUT_A_HEAD and self.head_repository.casefold() != self.repository.casefold()

    @property
    def pull_head(self) -> str:
        """The head of the pull request as this run found it; "" where it is about none, or that is not known."""
        return self.head_sha if self.event in _ABOUT_A_HEAD else ""

    @property
    def dependabot(self) -> bool:
        """Whether Dependabot set it off: then the token can only read unless `permissions` says otherwise."""
        return self.actor == DEPENDABOT


def read_run(environment: Mapping[str, str]) -> Run:
    """The run that this environment describes. Raises `ConfigError` where it is none."""
    event = _needed(environment, "GITHUB_EVENT_NAME", re.compile(r"[a-z_]{1,100}"))
    repository = _needed(environment, "GITHUB_REPOSITORY", REPOSITORY)
    told = _told(event, environment)
    server = _address(environment, "GITHUB_SERVER_URL", "https://github.com")
    return Run(
        event=event,
        repository=repository,
        server=server,
        api=_address(environment, "GITHUB_API_URL", "https://api.github.com"),
        token=environment.get("GITHUB_TOKEN", "").strip(),
        number=told.number,
        base_sha=told.base_sha,
        base_ref=told.base_ref,
        head_sha=told.head_sha or _own_commit(event, environment),
        head_ref=told.head_ref,
        head_repository=told.head_repository,
        actor=environment.get("GITHUB_ACTOR", ""),
        url=_run_url(server, repository, environment),
        summary=_path(environment, "GITHUB_STEP_SUMMARY"),
        output=_path(environment, "GITHUB_OUTPUT"),
    )


def _told(event: str, environment: Mapping[str, str]) -> Facts:
    path = _path(environment, "GITHUB_EVENT_PATH")
    return facts(event, read_payload(path)) if path else Facts()


def _own_commit(event: str, environment: Mapping[str, str]) -> str:
    return "" if event in _ABOUT_A_HEAD else _form(COMMIT, environment.get("GITHUB_SHA", ""))


def _needed(environment: Mapping[str, str], name: str, form: re.Pattern[str]) -> str:
    value = environment.get(name, "")
    if not form.fullmatch(value):
        what = f"{value!r:.100} is not what GitHub writes there" if value else "not set"
        raise ConfigError(f"{name}: {what}", hint="this needs the environment of a job on GitHub Actions")
    return value


def _address(environment: Mapping[str, str], name: str, default: str) -> str:
    value = environment.get(name) or default
    if not _URL.fullmatch(value):
        raise ConfigError(f"{name}: {value!r:.100} is no address", hint=f"on github.com it is {default}")
    return value.rstrip("/")


def _run_url(server: str, repository: str, environment: Mapping[str, str]) -> str:
    number = _form(re.compile(r"\d{1,20}"), environment.get("GITHUB_RUN_ID", ""))
    return f"{server}/{repository}/actions/runs/{number}" if number else ""


def _form(form: re.Pattern[str], value: str) -> str:
    return value if form.fullmatch(value) else ""


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    return Path(environment[name]) if environment.get(name) else None
