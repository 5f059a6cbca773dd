"""Netron's own picture of an ONNX file: Netron runs in a headless Chromium, and its own export is saved.

No server and no network: the pages come from the installed package, and whatever they ask of other hosts is refused.
"""

import importlib.util
import logging
import mimetypes
import os
import re
import shutil
import time
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from nnviz_action.errors import MissingError, ModelError
from nnviz_action.freshness.contents import DRAWING
from nnviz_action.system.install import needs
from nnviz_action.system.temporary import Temporary

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright, Route

KEYS = {"png": "ControlOrMeta+Shift+E", "svg": "ControlOrMeta+Alt+E"}  # of Netron's menu, by format
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_HEADER = 33  # bytes of a PNG before its second chunk
ORIGIN = "http://localhost"
_META = re.compile(r'<meta name="(version|date)" content="[^"]*">\n?')
# A message of Netron is an alert, or a notification: that of a layout which takes longer than some seconds goes away.
# Looked for by selector: scripts of ours cannot run there, as Netron forbids `eval`.
_READY, _DRAWN, _ALERT = "body.welcome:not(.spinner)", "body.default", "body.alert"

# Netron puts shapes between brackets that few fonts have, and sizes boxes by the text in them.
_FONTS = f"""<?xml version="1.0"?>
<fontconfig>
<dir>{escape(str(Path(__file__).parent / "fonts"))}</dir>
<cachedir prefix="xdg">fontconfig</cachedir>
<alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
</fontconfig>
"""


def export(model: Path, formats: Collection[str], timeout: float) -> dict[str, bytes]:
    """The picture by format. Raises `ModelError` where Netron cannot draw the model within `timeout` seconds."""
    require()
    from playwright.sync_api import Error, TimeoutError, sync_playwright  # noqa: A004, PLC0415  # an extra

    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # or it complains of Playwright after an interrupt
    limit = Limit(timeout)
    try:
        with sync_playwright() as playwright, _chromium(playwright) as browser:
            page = _open(browser, model, limit)
            return {form: _save(page, form, limit) for form in formats}
    except TimeoutError:
        hint = "a longer  timeout:  for the model, or no  render: netron  for one of this size"
        raise ModelError(f"Netron had no picture within {timeout:g} s", hint=hint) from None
    except Error as error:
        raise ModelError(f"Netron's picture: {error.message.splitlines()[0]}") from None


class Limit:
    """The time that is left for all steps together, as Playwright wants it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Milliseconds, at least one: none would mean no limit."""
        return max(1.0, (self._end - time.monotonic()) * 1000)


def require() -> None:
    """Raises `MissingError` where Netron or Playwright is not installed."""
    missing = [name for name in ("netron", "playwright") if importlib.util.find_spec(name) is None]
    if missing:
        raise needs(" and ".join(missing), "netron")


@contextmanager
def _chromium(playwright: "Playwright") -> "Iterator[Browser]":
    """A headless Chromium: the system's, else the one that Playwright installed. Raises `MissingError`."""
    path = system_browser() or playwright.chromium.executable_path
    if not Path(path).exists():
        hint = "apt-get install chromium  or  python -m playwright install --with-deps chromium"
        raise MissingError("Netron's picture needs Chromium", hint=hint)
    with Temporary() as folder:
        config = folder / "fonts.conf"
        config.write_text(_FONTS, encoding="utf-8")
        environment: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(config)}
        with playwright.chromium.launch(executable_path=path, env=environment) as browser:
            yield browser


def system_browser() -> str:
    """The path of a Chromium, or of Chrome, that the system has; empty where there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), "")


def versions() -> dict[str, str]:
    """What draws, for the lock: not the browser, which changes every few weeks and places boxes, not layers."""
    return {"netron": f"netron {version('netron')}"}


def _open(browser: "Browser", model: Path, limit: Limit) -> "Page":
    """A page in which Netron has drawn the whole model. It is opened as a user would: so it may be of any size."""
    context = browser.new_context(color_scheme="light")
    context.add_cookies([{"name": "consent", "value": "1", "url": ORIGIN}])  # or Netron asks before it begins
    page = context.new_page()
    context.route("**/*", _answer)
    page.goto(ORIGIN, timeout=limit.left)
    page.wait_for_selector(_READY, timeout=limit.left)
    page.set_input_files("#open-file-dialog", model, timeout=limit.left)
    page.wait_for_selector(f"{_DRAWN}, {_ALERT}", timeout=limit.left)
    if page.locator(_ALERT).count():
        raise ModelError(f"Netron cannot draw this: {page.locator('#message-text').inner_text()}")
    return page


def _save(page: "Page", form: str, limit: Limit) -> bytes:
    with page.expect_download(timeout=limit.left) as download:
        page.keyboard.press(KEYS[form])
    return download.value.path().read_bytes()


def marked(form: str, data: bytes, model: str) -> bytes:
    """The picture with the hash of the file that it was drawn from."""
    if form == "svg":
        return data.replace(b"<svg ", f'<svg data-{DRAWING}="{model}" '.encode(), 1)
    chunk = b"tEXt" + f"{DRAWING}\0{model}".encode()
    text = (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return data[:_HEADER] + text + data[_HEADER:]


def _answer(route: "Route") -> None:
    """A file of Netron's package, and nothing from anywhere else."""
    origin, _, path = route.request.url.partition("?")[0].rpartition("/")
    if origin != ORIGIN:
        route.abort()
    elif not path:
        route.fulfill(body=_index(), content_type="text/html")
    else:
        file = _package() / path
        kind = mimetypes.guess_type(file.name)[0]
        with suppress(FileNotFoundError):
            return route.fulfill(body=file.read_bytes(), content_type=kind)
        route.fulfill(status=404)
    return None


def _index() -> str:
    """Netron's page. A version of zeros, and no date, is how its developers run it: then it reports to nobody, and
    does not ask to be updated."""
    page = (_package() / "index.html").read_text(encoding="utf-8")
    return _META.sub(lambda found: '<meta name="version" content="0.0.0">\n' if found[1] == "version" else "", page)


def _package() -> Path:
    spec = importlib.util.find_spec("netron")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])
