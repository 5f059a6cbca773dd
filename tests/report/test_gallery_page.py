"""The gallery of the examples as a reader sees it: GitHub's Markdown, a real browser."""

from pathlib import Path
from urllib.parse import unquote, urlparse

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from playwright.sync_api import Browser, Page, Route

ROOT = Path(__file__).resolve().parents[2]
DIAGRAMS = ROOT / "examples" / "diagrams"
STYLE = """
body { font: 16px/1.5 "Noto Sans", Helvetica, Arial, sans-serif; margin: 32px auto; width: 900px }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #f0f6fc } a { color: #4493f8 } }
table { border-collapse: collapse } th, td { border: 1px solid #8885; padding: 6px 13px }
h2 { border-bottom: 1px solid #8885 } code { background: #8883; border-radius: 6px; padding: .2em .4em; font-size: 85% }
img { max-width: 100% }
"""


@pytest.fixture
def page(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    page.route("**/*", serve)
    page.goto("http://repository.test/diagrams/")
    return page


def serve(route: Route) -> None:
    path = DIAGRAMS / unquote(urlparse(route.request.url).path).removeprefix("/diagrams/")
    if path != DIAGRAMS:
        route.fulfill(path=str(path)) if path.is_file() else route.fulfill(status=404)
        return
    text = (DIAGRAMS / "README.md").read_text(encoding="utf-8")
    html = cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
    route.fulfill(content_type="text/html; charset=utf-8", body=f"<style>{STYLE}</style>{html}")


def test_every_model_has_a_row_a_picture_and_links_that_lead_somewhere(page: Page, tmp_path: Path) -> None:
    models = sorted(path.parent.name for path in DIAGRAMS.glob("*/lock.json"))
    assert page.locator("tbody tr td:first-child a").all_inner_texts() == models
    assert page.locator("h2").all_inner_texts() == models
    images = page.locator("img")
    assert images.count() == len(models)
    for index in range(len(models)):
        assert images.nth(index).evaluate("image => image.decode().then(() => image.naturalWidth)") > 200
    for address in page.locator("a:not([href^='#'])").evaluate_all("links => links.map(link => link.href)"):
        assert (DIAGRAMS / unquote(urlparse(address).path).removeprefix("/diagrams/")).is_file(), address
    page.screenshot(path=str(tmp_path / "gallery.png"), full_page=True)


def test_the_pictures_follow_the_theme_of_the_reader(page: Page) -> None:
    expected = {
        "light": ["resnet18/overview.png", "vit_b_16/overview.png", "unet/overview.png"],
        "dark": ["resnet18/overview-dark.png", "vit_b_16/overview-dark.png", "unet/overview.png"],
    }
    used = "[...document.images].map(image => image.currentSrc.split('/').slice(-2).join('/'))"
    for scheme, names in expected.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_function(
            f"names => {{ const used = {used}; return names.every(n => used.includes(n)) }}", arg=names
        )
