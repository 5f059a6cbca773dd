"""GitHub's Git data API over a real bare repository: what git takes for wrong is wrong here too."""

import base64
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

Json = Any
Answer = tuple[Json, int, dict[str, str]]
WHO = {"GIT_AUTHOR_NAME": "bot", "GIT_AUTHOR_EMAIL": "bot@example.com"}
ENVIRONMENT = os.environ | WHO | {name.replace("AUTHOR", "COMMITTER"): value for name, value in WHO.items()}


class Git:
    """The repository, made when it is first asked for. `at` gives the address of the repository in the API."""

    def __init__(self, folder: Path, at: Callable[[], str]) -> None:
        self.path, self.at = folder, at
        self.protected: set[str] = set()  # refs that nobody may write
        self.most = 100_000  # entries of a tree that are told at once
        self.together: Together | None = None  # at which writes of refs wait for each other
        self._lock = threading.RLock()

    @cached_property
    def folder(self) -> Path:
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(self.path)], check=True)
        return self.path

    # what a test sets up and looks at

    def run(self, *args: str, data: bytes = b"", **more: str) -> str:
        with self._lock:
            done = subprocess.run(
                ["git", *args], cwd=self.folder, env=ENVIRONMENT | more, input=data, capture_output=True
            )
        assert done.returncode == 0, done.stderr
        return done.stdout.decode().strip()

    def branch(self, name: str, files: dict[str, bytes], *, message: str = "theirs") -> str:
        """A branch with these files, and no history; its commit."""
        blobs = {path: self.run("hash-object", "-w", "--stdin", data=data) for path, data in files.items()}
        entries = [{"path": path, "mode": "100644", "type": "blob", "sha": sha} for path, sha in blobs.items()]
        commit = self.run("commit-tree", self._tree(entries, None), "-m", message)
        self.run("update-ref", f"refs/heads/{name}", commit)
        return commit

    def paths(self, commit: str) -> list[str]:
        return self.run("ls-tree", "-r", "--name-only", commit).split("\n")

    def read(self, commit: str, path: str) -> bytes:
        done = subprocess.run(["git", "show", f"{commit}:{path}"], cwd=self.folder, capture_output=True, check=True)
        return done.stdout

    def history(self, commit: str) -> list[str]:
        return self.run("log", "--format=%s", commit).split("\n")

    def refs(self) -> list[str]:
        return self.run("for-each-ref", "--format=%(refname)").split()

    # what it answers

    def routes(self) -> list[tuple[str, str, Callable[..., Answer]]]:
        return [
            ("GET", r"ref/(.+)", lambda q, b, ref: self._told(f"refs/{ref}", 200)),
            ("POST", r"refs", lambda q, b: self._create(b["ref"], b["sha"])),
            ("PATCH", r"refs/(.+)", lambda q, b, ref: self._update(f"refs/{ref}", b["sha"], b.get("force", False))),
            ("POST", r"blobs", lambda q, b: self._new_blob(b)),
            ("GET", r"blobs/(\w+)", lambda q, b, sha: self._blob(sha)),
            ("POST", r"trees", lambda q, b: self._new_tree(b["tree"], b.get("base_tree"))),
            ("GET", r"trees/(\w+)", lambda q, b, sha: self._told_tree(sha, 200, recursive="recursive" in q)),
            ("POST", r"commits", lambda q, b: self._new_commit(b)),
            ("GET", r"commits/(\w+)", lambda q, b, sha: self._commit(sha, 200)),
        ]

    def _sha(self, ref: str) -> str:
        return self.run("for-each-ref", "--format=%(objectname)", ref)

    def _told(self, ref: str, status: int) -> Answer:
        sha = self._sha(ref)
        if not sha:
            return {"message": "Not Found"}, 404, {}
        target = {"type": "commit", "sha": sha, "url": f"{self.at()}/git/commits/{sha}"}
        return {"ref": ref, "node_id": "R", "url": f"{self.at()}/git/{ref}", "object": target}, status, {}

    def _create(self, ref: str, sha: str) -> Answer:
        self._meet()
        with self._lock:
            if ref in self.protected:
                return _wrong("Reference update failed")
            if self._sha(ref):
                return _wrong("Reference already exists")
            self.run("update-ref", ref, sha)
        return self._told(ref, 201)

    def _update(self, ref: str, sha: str, force: bool) -> Answer:
        self._meet()
        with self._lock:
            old = self._sha(ref)
            if not old:
                return _wrong("Reference does not exist")
            if ref in self.protected:
                return _wrong("Cannot force-push to this branch" if force else "Reference update failed")
            if not force and old not in self.run("rev-list", sha).split():
                return _wrong("Update is not a fast forward")
            self.run("update-ref", ref, sha)
            return self._told(ref, 200)

    def _meet(self) -> None:
        if self.together:
            self.together.meet()

    def _new_blob(self, body: Json) -> Answer:
        data = base64.b64decode(body["content"]) if body["encoding"] == "base64" else body["content"].encode()
        sha = self.run("hash-object", "-w", "--stdin", data=data)
        return {"sha": sha, "url": f"{self.at()}/git/blobs/{sha}"}, 201, {}

    def _blob(self, sha: str) -> Answer:
        done = subprocess.run(["git", "cat-file", "blob", sha], cwd=self.folder, capture_output=True)
        if done.returncode:
            return {"message": "Not Found"}, 404, {}
        data = done.stdout
        told = {"sha": sha, "url": f"{self.at()}/git/blobs/{sha}", "node_id": "B", "size": len(data)}
        return told | {"content": base64.encodebytes(data).decode(), "encoding": "base64"}, 200, {}

    def _new_tree(self, entries: list[Json], base: str | None) -> Answer:
        for entry in entries:
            if "content" in entry:
                entry["sha"] = self.run("hash-object", "-w", "--stdin", data=entry["content"].encode())
            try:
                kind = self.run("cat-file", "-t", entry["sha"])
            except AssertionError:
                kind = "missing"
            if kind != entry["type"]:
                return _wrong(f"tree.sha {entry['sha']} is not a valid {entry['type']}")
        return self._told_tree(self._tree(entries, base), 201)

    def _tree(self, entries: list[Json], base: str | None) -> str:
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": f"{folder}/index", "GIT_DIR": str(self.folder), "GIT_WORK_TREE": folder}
            self.run("read-tree", base or "--empty", **index)
            for entry in entries:
                if entry["type"] == "tree":
                    self.run("read-tree", f"--prefix={entry['path']}/", entry["sha"], **index)
                else:
                    place = f"{entry['mode']},{entry['sha']},{entry['path']}"
                    self.run("update-index", "--add", "--cacheinfo", place, **index)
            return self.run("write-tree", **index)

    def _told_tree(self, sha: str, status: int, recursive: bool = False) -> Answer:
        listed = self.run("ls-tree", *(["-r", "-t"] if recursive else []), sha).split("\n")
        entries = []
        for line in filter(None, listed):
            about, path = line.split("\t")
            mode, kind, key = about.split()
            entries.append(
                {"path": path, "mode": mode, "type": kind, "sha": key, "url": f"{self.at()}/git/{kind}s/{key}"}
            )
        told = entries[: self.most] if recursive else entries
        answer = {"sha": sha, "url": f"{self.at()}/git/trees/{sha}", "tree": told, "truncated": told != entries}
        return answer, status, {}

    def _new_commit(self, body: Json) -> Answer:
        parents = [word for parent in body.get("parents", []) for word in ("-p", parent)]
        return self._commit(self.run("commit-tree", body["tree"], *parents, "-m", body["message"]), 201)

    def _commit(self, sha: str, status: int) -> Answer:
        tree, parents, date, message = self.run("show", "-s", "--format=%T%n%P%n%cI%n%B", sha).split("\n", 3)
        where = f"{self.at()}/git/commits"
        who = {"name": "bot", "email": "bot@example.com", "date": date}
        proof = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
        lead = [{"sha": p, "url": f"{where}/{p}", "html_url": f"{where}/{p}"} for p in parents.split()]
        about = {"sha": sha, "node_id": "C", "url": f"{where}/{sha}", "html_url": f"{where}/{sha}", "parents": lead}
        tree_ = {"sha": tree, "url": f"{self.at()}/git/trees/{tree}"}
        return (
            about | {"author": who, "committer": who, "message": message, "tree": tree_, "verification": proof},
            status,
            {},
        )


class Together:
    """The first so many that come wait for each other; who comes later does not."""

    def __init__(self, parties: int) -> None:
        self.left, self.barrier, self._lock = parties, threading.Barrier(parties), threading.Lock()

    def meet(self) -> None:
        with self._lock:
            self.left -= 1
            early = self.left >= 0
        if early:
            self.barrier.wait(20)


def _wrong(message: str) -> Answer:
    return {"message": message, "documentation_url": "https://docs.github.com/rest"}, 422, {}
