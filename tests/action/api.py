"""As much of GitHub's API as one comment needs; the tests of `nnviz_action.github` have more."""

import base64
import json
import posixpath
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fake_git import Git

LOGIN = "github-actions[bot]"


class Api:
    """Comments by their number in the order they were made; with `reads_only` every write is refused with a 403."""

    def __init__(self, port: int, pulls: list[dict[str, Any]]) -> None:
        self.url, self.pulls = f"http://127.0.0.1:{port}/api/v3", pulls
        self.comments: list[dict[str, Any]] = []
        self.writes: list[str] = []
        self.tokens: set[str] = set()
        self.files = {"nnviz.yaml": b"models: {}"}  # what the base branch has
        self.reads_only = False
        self._folder = tempfile.TemporaryDirectory()
        self.git = Git(Path(self._folder.name), lambda: f"{self.url}/repos/OWNER/nets")

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        path = path.partition("?")[0]
        if path.endswith("/graphql"):
            return 200, {"data": {"viewer": {"login": LOGIN}}}
        if "/git/" in path and not (self.reads_only and method != "GET"):
            return self._in_git(method, path.partition("/git/")[2], body)
        if method == "GET":
            found = self._read(path)
            return (404, {"message": "Not Found"}) if found is None else (200, found)
        self.writes.append(f"{method} {path.removeprefix('/api/v3')}")
        if self.reads_only:
            return 403, {"message": "Resource not accessible by integration"}
        return self._write(method, path, body["body"])

    def _in_git(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        for verb, form, answer in self.git.routes():
            match = re.fullmatch(form, path)
            if verb == method and match:
                told, status, _ = answer({"recursive": "1"}, body, *match.groups())
                return status, told
        raise AssertionError(path)

    def _read(self, path: str) -> Any:
        """None for what is not there."""
        if path.endswith("/pulls"):
            return self.pulls
        if "/pulls/" in path:
            return next((pull for pull in self.pulls if path.endswith(f"/pulls/{pull['number']}")), None)
        if "/contents/" in path:
            return self._file(unquote(path.partition("/contents/")[2]))
        return self.comments if path.endswith("/comments") else {}

    def _file(self, path: str) -> Any:
        """As GitHub does, also by another path of the same file."""
        real = posixpath.normpath(path)
        data = self.files.get(real)
        told = {"type": "file", "path": real, "encoding": "base64", "content": base64.b64encode(data or b"").decode()}
        return None if data is None else told

    def _write(self, method: str, path: str, text: str) -> tuple[int, Any]:
        if method == "PATCH":
            comment = self.comments[int(path.rpartition("/")[2]) - 1]
            comment["body"] = text
            return 200, comment
        number = len(self.comments) + 1
        address = f"{self.url}/repos/OWNER/nets/issues/comments/{number}"
        self.comments.append({"id": number, "url": address, "body": text, "user": {"login": LOGIN}})
        return 201, self.comments[-1]


@contextmanager
def serve() -> Iterator[Api]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.api = api = Api(server.server_port, [])  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def _do(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"null")
        api: Api = self.server.api  # type: ignore[attr-defined]
        api.tokens.add(self.headers.get("Authorization", ""))
        status, data = api.answer(self.command, self.path, body)
        sent = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_PATCH = _do  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Nothing."""
