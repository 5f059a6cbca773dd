"""Answers that never end: a limit on each read is none where there is always one more byte."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fake_github import NUMBER, GitHub

from nnviz_action.github.client import Patience
from nnviz_action.github.comments import post

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
STARTS = {
    "in the head": b"",
    "in the body": HEAD,
    "in chunks": HEAD.replace(b"Content-Length: 100000", b"Transfer-Encoding: chunked"),
}


@pytest.fixture
def dribbling() -> Iterator[tuple[socket.socket, threading.Event]]:
    """A server's socket, and what ends all that it still says."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server, over
        over.set()


@pytest.mark.parametrize("start", STARTS)
def test_a_byte_now_and_then_ends_with_the_patience(
    github: GitHub, dribbling: tuple[socket.socket, threading.Event], start: str
) -> None:
    server, over = dribbling

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(STARTS[start])
            while not over.wait(0.1):
                connection.sendall(b"5\r\n     \r\n" if start == "in chunks" else b" ")

    threading.Thread(target=serve, daemon=True).start()
    run = replace(github.run(), api=f"http://127.0.0.1:{server.getsockname()[1]}")
    began = time.monotonic()
    outcome = post(run, NUMBER, "nnviz.yaml", "ours", patience=Patience(most=2, timeout=1))
    assert (outcome.what, outcome.reason) == ("refused", "GitHub's answer took too long")
    assert time.monotonic() - began < 4
