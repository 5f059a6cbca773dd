"""A GitHub on this machine: pull requests, their comments and a repository, and the faults that a test wishes for."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from fake_git import Git
from openapi import Description, description
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from nnviz_action.github.client import Patience
from nnviz_action.github.environment import Run

Json = Any
NEW = "/repositories/1296269/"  # as GitHub leads to a repository that was renamed
REPOSITORY, NUMBER, BOT = "octo-org/models", 7, "github-actions[bot]"


@dataclass
class Clock:
    """A clock that only sleep moves, in Unix time."""

    now: float = 1_700_000_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def patience(self, **limits: Any) -> Patience:
        return Patience(clock=lambda: self.now, sleep=self.sleep, between=0, **limits)


@dataclass(frozen=True)
class Fault:
    """An answer in place of the right one; `late`: after the request was done, so only its answer is lost.

    One with a `text` is what no GitHub would send, so its form is not looked at.
    """

    status: int
    message: str = "Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None
    late: bool = False
    delay: float = 0.0


class GitHub:
    """The server. `wrong` holds all that was not as GitHub describes its API; it must stay empty."""

    def __init__(self, server: HTTPServer, description: Description, folder: Path, api: str = "") -> None:
        self.server, self.description, self.api = server, description, api
        self.git = Git(folder, self._at)
        self.login = BOT
        self.comments: dict[int, Json] = {}
        self.pulls: list[Json] = []
        self.faults: list[tuple[str, Fault]] = []
        self.hooks: list[tuple[str, Callable[[], object]]] = []
        self.log: list[str] = []
        self.wrong: list[str] = []
        self.renamed: tuple[int, str] | None = None  # the status that leads on, and what comes before the new path
        self.together: threading.Barrier | None = None  # at which comments that are being made wait for each other
        self._lock = threading.Lock()
        server.expect_request(re.compile(".*")).respond_with_handler(self._respond)

    # what a test sets up and looks at

    def run(self, **known: Any) -> Run:
        facts = {"event": "pull_request", "number": NUMBER, "head_repository": REPOSITORY, **known}
        url = self.server.url_for(self.api).rstrip("/")
        return Run(repository=REPOSITORY, api=url, token="a token", **facts)

    def comment(self, login: str, body: str) -> int:
        """Somebody comments; the comment's id."""
        with self._lock:
            key = len(self.comments) + 1
            user = {**self.description.example("issue-comment")["user"], "login": login}
            base = self.description.example("issue-comment")
            url = f"{self._at()}/issues/comments/{key}"
            self.comments[key] = {**base, "id": key, "url": url, "user": user, "body": body}
        return key

    def pull(self, number: int, branch: str, sha: str, repository: str = REPOSITORY, **rest: Any) -> None:
        base = {**self.description.example("pull-request"), "requested_teams": []}
        place = {**base["head"]["repo"], "full_name": repository} if repository else None
        head = {**base["head"], "ref": branch, "sha": sha, "repo": place}
        owner = repository.partition("/")[0] if repository else "gone"
        head["label"], head["user"] = f"{owner}:{branch}", {**base["head"]["user"], "login": owner}
        self.pulls.append({**base, "number": number, "state": "open", "head": head, **rest})

    def fail(self, request: str, *faults: Fault) -> None:
        """The next requests whose log line matches get these answers, one each."""
        self.faults += [(request, fault) for fault in faults]

    def after(self, request: str, do: Callable[[], object]) -> None:
        """Once, when the next request whose log line matches is done, and before it is answered, this happens."""
        self.hooks.append((request, do))

    def bodies(self, login: str = BOT) -> list[str]:
        return [c["body"] for c in self.comments.values() if c["user"]["login"] == login]

    def writes(self) -> list[str]:
        return [line for line in self.log if not line.startswith("GET") and "graphql" not in line]

    # what it answers

    def _at(self) -> str:
        return f"{self.server.url_for(self.api).rstrip('/')}/repos/{REPOSITORY}"

    def _respond(self, request: Request) -> Response:
        line = f"{request.method} {request.full_path.rstrip('?')}"
        path = request.path.removeprefix(self.api)
        with self._lock:
            self.log.append(line)
            fault = next((f for f in self.faults if re.search(f[0], line)), None)
            if fault:
                self.faults.remove(fault)
        body = request.get_data()
        old = f"/repos/{REPOSITORY}/"
        if self.renamed and path.startswith(old):
            query = f"?{request.query_string.decode()}" if request.query_string else ""
            place = f"{self.renamed[1]}{self.api}{NEW}{path.removeprefix(old)}{query}"
            return Response('{"message": "Moved", "url": "/"}', self.renamed[0], {"Location": place})
        path = path.replace(NEW, old) if self.renamed else path
        if request.headers.get("Authorization") not in ("token a token", "Bearer a token"):
            self.wrong.append(f"{line}: no token")
        if path.endswith("/graphql"):
            answer, status, headers = self._graphql(json.loads(body)), 200, {}
        else:
            query = request.query_string.decode()
            self.wrong += self.description.request_problems(request.method, path, query, body)
            if fault and not fault[1].late:
                answer, status, headers = None, 0, {}
            else:
                answer, status, headers = self._answer(request.method, path, parse_qs(query), body)
        self._happen(line)
        if fault:
            time.sleep(fault[1].delay)
            answer, status, headers = {"message": fault[1].message}, fault[1].status, fault[1].headers
            if status == 422:
                answer |= {"documentation_url": "https://docs.github.com/rest"}
        if not path.endswith("/graphql") and not (fault and fault[1].text):
            self.wrong += self.description.response_problems(request.method, path, status, answer)
        text = json.dumps(answer) if not fault or fault[1].text is None else fault[1].text
        return Response(text, status, headers, content_type="application/json; charset=utf-8")

    def _happen(self, line: str) -> None:
        with self._lock:
            hook = next((h for h in self.hooks if re.search(h[0], line)), None)
            if hook:
                self.hooks.remove(hook)
        if hook:
            hook[1]()

    def _graphql(self, asked: Json) -> Json:
        if asked != {"query": "query { viewer { login } }", "variables": {}}:
            self.wrong.append(f"unexpected query: {asked}")
        return {"data": {"viewer": {"login": self.login}}}

    def _answer(
        self, method: str, path: str, query: dict[str, list[str]], body: bytes
    ) -> tuple[Json, int, dict[str, str]]:
        for form, answer in self._routes():
            found = re.fullmatch(form, f"{method} /repos/{REPOSITORY}{path.removeprefix(f'/repos/{REPOSITORY}')}")
            if found and path.startswith(f"/repos/{REPOSITORY}/"):
                return answer(query, json.loads(body or "{}"), *found.groups())
        return {"message": "Not Found"}, 404, {}

    def _routes(self) -> list[tuple[str, Callable[..., tuple[Json, int, dict[str, str]]]]]:
        at = f"/repos/{REPOSITORY}"
        return [
            (f"GET {at}/issues/{NUMBER}/comments", lambda q, b: self._page(list(self.comments.values()), q, f"issues/{NUMBER}/comments")),
            (f"POST {at}/issues/{NUMBER}/comments", lambda q, b: self._create(b["body"])),
            (rf"PATCH {at}/issues/comments/(\d+)", lambda q, b, key: self._edit(int(key), b["body"])),
            (f"GET {at}/pulls", lambda q, b: self._page(self._wanted(q), q, "pulls")),
            (rf"GET {at}/pulls/(\d+)", lambda q, b, number: self._pull(int(number))),
            *((f"{method} {at}/git/{form}", answer) for method, form, answer in self.git.routes()),
        ]  # fmt: skip

    def _page(self, items: list[Json], query: dict[str, list[str]], name: str) -> tuple[Json, int, dict[str, str]]:
        size, page = int(query.get("per_page", ["30"])[0]), int(query.get("page", ["1"])[0])
        last = max(1, -(-len(items) // size))
        links = ", ".join(
            f'<{self._at()}/{name}?{urlencode({**query, "page": to}, doseq=True)}>; rel="{which}"'
            for which, to in (("next", page + 1), ("last", last))
        )
        return items[(page - 1) * size : page * size], 200, {"Link": links} if page < last else {}

    def _create(self, body: str) -> tuple[Json, int, dict[str, str]]:
        if self.together:
            self.together.wait(10)
        if len(body) > 65536:
            return {"message": "Validation Failed", "documentation_url": "", "errors": [{"code": "custom"}]}, 422, {}
        return self.comments[self.comment(self.login, body)], 201, {}

    def _edit(self, key: int, body: str) -> tuple[Json, int, dict[str, str]]:
        comment = self.comments.get(key)
        if comment is None or comment["user"]["login"] != self.login:
            return {"message": "Not Found"}, 404, {}
        comment["body"] = body
        return comment, 200, {}

    def _wanted(self, query: dict[str, list[str]]) -> list[Json]:
        """As GitHub does: by the owner of the head and its branch, whatever the repository is called."""
        head, state = query["head"][0], query["state"][0]
        simple = self.description.example("pull-request-simple-items")[0] | {"requested_teams": []}
        found = [p for p in self.pulls if p["head"]["label"] == head and p["state"] == state]
        return [{**simple, **{key: p[key] for key in ("number", "state", "head", "base")}} for p in found]

    def _pull(self, number: int) -> tuple[Json, int, dict[str, str]]:
        found = [p for p in self.pulls if p["number"] == number]
        return (found[0], 200, {}) if found else ({"message": "Not Found"}, 404, {})


@pytest.fixture(scope="session")
def _server() -> Iterator[HTTPServer]:
    with HTTPServer(threaded=True) as server:
        yield server


@pytest.fixture
def github(_server: HTTPServer, tmp_path: Path) -> Iterator[GitHub]:
    """Its answers, and what it was asked, are held against GitHub's description when the test is done."""
    yield from _fake(_server, "", tmp_path)


@pytest.fixture
def enterprise(_server: HTTPServer, tmp_path: Path) -> Iterator[GitHub]:
    """An Enterprise Server, whose API is below a path."""
    yield from _fake(_server, "/api/v3", tmp_path)


def _fake(server: HTTPServer, api: str, folder: Path) -> Iterator[GitHub]:
    fake = GitHub(server, description(), folder / "octo-org.git", api)
    try:
        yield fake
        assert fake.wrong == []
        server.check()
    finally:
        server.clear()


@pytest.fixture
def clock() -> Clock:
    return Clock()
