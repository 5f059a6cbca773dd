"""A whole comment as a reader sees it: GitHub's Markdown, the real Mermaid, a real browser."""

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from npm import packed_file
from playwright.sync_api import Browser, Page, Route

from nnviz_action.report.comment import comment
from nnviz_action.report.picture_places import Place, Places
from nnviz_action.report.record import Record, read_record

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import diff_picture  # noqa: E402

pytestmark = pytest.mark.torch
MERMAID = "11.12.0"
SHOT = ROOT / "docs" / "pictures" / "comment.png"  # drawn anew where NNVIZ_PICTURES is set
STYLE = """
body { font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; color: #1f2328; margin: 24px auto;
  width: 860px; background: #fff } h3 { font-size: 1.25em; border-bottom: 1px solid #d1d9e0; padding-bottom: .3em }
table { border-collapse: collapse; font-size: 13px } th, td { border: 1px solid #d1d9e0; padding: 6px 13px; vertical-align: top }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em; font-size: 85% } pre code { background: none }
.mermaid { text-align: center }
"""


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """What `check --report` finds after a real edit to a real network."""
    folder = tmp_path_factory.mktemp("edited")
    diff_picture.make(folder)
    command = [*diff_picture.TOOL, "check", "--report", "report.json", "--base", "main"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return read_record(folder / "report.json")


def page_of(browser: Browser, text: str) -> Page:
    """The comment rendered; committed pictures come from the examples."""
    page = browser.new_page(viewport={"width": 920, "height": 900}, device_scale_factor=1)
    page.route("**/*", _serve)
    html = cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
    html = re.sub(
        r'<pre lang="mermaid"><code>(.*?)</code></pre>',
        lambda m: f'<pre class="chart">{m[1]}</pre>',
        html,
        flags=re.DOTALL,
    )
    page.set_content(f"<style>{STYLE}</style>{html}")
    page.add_script_tag(path=str(packed_file("mermaid", MERMAID, "dist/mermaid.min.js")))
    page.evaluate(
        """async () => {
          mermaid.initialize({startOnLoad: false, securityLevel: "strict"});
          let number = 0;
          for (const chart of document.querySelectorAll("pre.chart")) {
            const drawn = await mermaid.render(`chart${number++}`, chart.textContent);
            const holder = document.createElement("div");
            holder.className = "mermaid";
            holder.innerHTML = drawn.svg;
            chart.replaceWith(holder);
          }
        }"""
    )
    return page


def _serve(route: Route) -> None:
    name = unescape(route.request.url).partition("?")[0].rpartition("/")[2]
    route.fulfill(path=str(ROOT / "examples" / "diagrams" / "resnet18" / name))


def test_a_comment_reads_well(browser: Browser, record: Record, tmp_path: Path) -> None:
    places = Places(Place("https://github.com", "o/r", "a" * 40), Place("https://github.com", "o/r", "b" * 40))
    page = page_of(browser, comment(record, places))
    assert "resnet18 changed" in page.inner_text("h3")
    chart = page.inner_text(".mermaid")
    assert "conv1 Conv2d" in chart and "kernel 3 → 5, pad 1 → 2" in chart
    assert page.locator(".mermaid .node.added").count() >= 5
    assert page.locator("text=Syntax error").count() == 0
    page.click("summary:has-text('before and after')")
    images = page.locator("td img")
    assert images.count() == 2
    assert all(images.nth(i).evaluate("image => image.complete && image.naturalWidth > 300") for i in range(2))
    page.click("summary:has-text('before and after')")
    shot = SHOT if os.environ.get("NNVIZ_PICTURES") else tmp_path / "comment.png"
    page.screenshot(path=str(shot), full_page=True)
    assert shot.stat().st_size > 20_000
