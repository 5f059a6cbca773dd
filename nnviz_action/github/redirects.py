"""Connections that follow GitHub to where a repository is now, and to no other server.

GitHub answers requests to an old name with 301, 302, 307 or 308, which ask for the same request at another address:
https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects. PyGithub
follows 301 alone, loses the query, and takes the others for an answer. The token goes with every request.
"""

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester, RequestsResponse

from nnviz_action.github.faults import RefusedError

MOST = 5  # addresses after the first
_MOVED = (301, 302, 307, 308)
_PORTS = {"http": 80, "https": 443}


def follow_redirects() -> None:
    """From now on PyGithub makes its connections of these classes."""
    Requester.injectConnectionClasses(_Connection, _SecureConnection)


class _Connection(HTTPRequestsConnectionClass):
    def getresponse(self) -> RequestsResponse:
        return _followed(self, super().getresponse)


class _SecureConnection(HTTPSRequestsConnectionClass):
    def getresponse(self) -> RequestsResponse:
        return _followed(self, super().getresponse)


def _followed(connection: _Connection | _SecureConnection, ask: Callable[[], RequestsResponse]) -> RequestsResponse:
    """The first answer that leads nowhere else. Raises `RefusedError`."""
    for _ in range(MOST + 1):
        response = ask()
        location = response.headers.get("Location", "")
        if response.status not in _MOVED or not location:
            return response
        connection.url = _own_path(connection, location)
    raise RefusedError("GitHub leads from one address to the next without end")


def _own_path(connection: _Connection | _SecureConnection, location: str) -> str:
    """The path and query of an address on the same server. Raises `RefusedError` for any other."""
    here = f"{connection.protocol}://{connection.host}:{connection.port}"
    try:
        parts = urlsplit(urljoin(f"{here}{connection.url}", location))
        there = f"{parts.scheme}://{parts.hostname}:{parts.port or _PORTS.get(parts.scheme)}"
    except ValueError:  # no address at all
        there = location
    if there != here:
        raise RefusedError(
            f"GitHub leads to another server, {there!r:.80}, which gets no token",
            hint="GITHUB_API_URL must be the address of the API itself",
        )
    return f"/{parts.path.lstrip('/')}{'?' if parts.query else ''}{parts.query}"
