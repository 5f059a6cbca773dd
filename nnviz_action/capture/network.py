"""A capture does not use the network: what a diagram shows must not depend on it, and nobody waits for it.

Held are connections that Python opens; native code that opens its own, and child processes, are not.
"""

import ipaddress
import os
import platform
from contextlib import suppress
from typing import Any

from nnviz_action.capture.cures import NETWORK
from nnviz_action.capture.refused import Handlers, RefusedError

_NAMED = ("socket.getaddrinfo", "socket.gethostbyname")  # whose first argument is a host
_REACHED = ("socket.connect", "socket.sendto", "socket.sendmsg")  # whose second is an address


class NetworkError(RefusedError, ConnectionError):
    """The model's code goes to the network. Libraries that can do without take it for one that is down."""

    def __str__(self) -> str:
        return self.message  # libraries put it into a message of theirs


def without_network() -> Handlers:
    """Who connects to another machine hears at once that there is none."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # or it tries again, and waits in between
    return dict.fromkeys(_NAMED, _named) | dict.fromkeys(_REACHED, _reached)


def _named(args: tuple[Any, ...]) -> None:
    _refuse(args[0])


def _reached(args: tuple[Any, ...]) -> None:
    if isinstance(args[1], tuple):  # a path otherwise
        _refuse(args[1][0])


def _refuse(host: Any) -> None:
    host = bytes(host) if isinstance(host, bytearray) else host
    name = os.fsdecode(host) if isinstance(host, (str, bytes)) else ""
    if name and not _is_here(name):
        raise NetworkError(f"a capture does not use the network, and this goes to {name}", hint=NETWORK)


def _is_here(name: str) -> bool:
    with suppress(ValueError):
        address = ipaddress.ip_address(name.partition("%")[0])
        return address.is_loopback or address.is_unspecified
    return name in ("localhost", "localhost.localdomain", "ip6-localhost", platform.node(), "<broadcast>")
