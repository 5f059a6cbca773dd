"""The wheel and the sdist as they are published: what is in them, what they say of themselves, and that they work."""

import os
import shutil
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import ROOT
from filelock import FileLock
from pyproject import PROJECT as DECLARED
from trove_classifiers import classifiers

from nnviz_action import __version__

BUILD = [sys.executable, "-m", "build", "--no-isolation"]
INFO = f"nnviz_action-{__version__}.dist-info"


@dataclass(frozen=True)
class Built:
    """The sdist, the wheel made of it, and the wheel made of the working tree."""

    sdist: Path
    wheel: Path
    direct: Path


@pytest.fixture(scope="module")
def built(shared: Path) -> Built:
    folder = shared / "dist"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            call([*BUILD, "--outdir", str(folder / "both"), str(ROOT)])
            call([*BUILD, "--wheel", "--outdir", str(folder / "direct"), str(ROOT)])
    (sdist,), (wheel,) = (folder / "both").glob("*.tar.gz"), (folder / "both").glob("*.whl")
    return Built(sdist, wheel, folder / "direct" / wheel.name)


def call(command: list[str], **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


@pytest.fixture(scope="module")
def metadata(built: Built) -> Message:
    with zipfile.ZipFile(built.wheel) as wheel:
        return message_from_string(wheel.read(f"{INFO}/METADATA").decode())


def sources() -> set[str]:
    """The package's files that git has, or would have."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "nnviz_action"]
    return {name for name in call(command, cwd=ROOT).split("\0") if name and (ROOT / name).exists()}


def test_the_wheel_holds_the_package_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        names = {name for name in wheel.namelist() if not name.startswith(f"{INFO}/")}
    assert names == sources()
    assert {"nnviz_action/py.typed", "nnviz_action/render/fonts/DejaVuSans.ttf", "nnviz_action/render/fonts/LICENSE"} <= names  # fmt: skip
    assert sum(name.endswith((".ttf", ".otf")) for name in names) > 30


def test_the_sdist_builds_the_same_wheel_as_the_tree(built: Built) -> None:
    assert built.wheel.read_bytes() == built.direct.read_bytes()
    with tarfile.open(built.sdist) as sdist:
        tops = {name.split("/")[1] for name in sdist.getnames()}
    wanted = {"nnviz_action", "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO"}
    assert tops - {".gitignore"} == wanted


def test_it_says_who_may_use_it_and_where_it_comes_from(metadata: Message) -> None:
    assert (metadata["Name"], metadata["Version"]) == ("nnviz-action", __version__)
    assert metadata["Metadata-Version"] == "2.4"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE", "nnviz_action/render/fonts/LICENSE"]
    assert metadata["Requires-Python"] == ">=3.10"
    assert set(metadata.get_all("Classifier") or ()) <= classifiers
    assert set(metadata.get_all("Provides-Extra") or ()) == set(DECLARED["optional-dependencies"])
    links = dict(text.split(", ") for text in metadata.get_all("Project-URL") or ())
    assert set(links) == {"Homepage", "Documentation", "Changelog", "Issues"}
    assert all(link.startswith("https://github.com/OWNER/nnviz-action") for link in links.values())


def test_a_check_needs_little(metadata: Message) -> None:
    needed = [text for text in metadata.get_all("Requires-Dist") or () if "extra ==" not in text]
    assert {text.partition(">")[0].lower() for text in needed} == {"click", "pyyaml", "pydantic", "rich"}


def test_the_licences_and_the_entry_points_are_there(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        assert wheel.read(f"{INFO}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
        points = wheel.read(f"{INFO}/entry_points.txt").decode()
    assert "[console_scripts]\nnnviz-action = nnviz_action.cli.entry:main" in points
    assert "[pytest11]\nnnviz = nnviz_action.cli.pytest_plugin" in points


def test_pypi_can_show_the_page(built: Built) -> None:
    said = call([sys.executable, "-m", "twine", "check", "--strict", str(built.sdist), str(built.wheel)])
    assert said.count("PASSED") == 2


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]


def test_links_and_pictures_of_the_page_lead_to_the_repository(metadata: Message) -> None:
    """PyPI has no files of ours, so a relative link would be dead there."""
    from readme_renderer.markdown import render

    page = Links()
    page.feed(render(metadata.get_payload()) or "")
    ours = f"https://github.com/OWNER/nnviz-action/blob/v{__version__}/"
    raw = f"https://raw.githubusercontent.com/OWNER/nnviz-action/v{__version__}/"
    assert len(page.found) > 20
    assert [link for link in page.found if not link.startswith(("https://", "#"))] == []
    files = [link.removeprefix(start) for start in (ours, raw) for link in page.found if link.startswith(start)]
    assert len([link for link in page.found if link.startswith(raw)]) == 2
    assert [name for name in files if not (ROOT / name.partition("#")[0]).exists()] == []


@pytest.fixture
def fresh(tmp_path: Path, built: Built) -> Iterator[Path]:
    """The Python of an environment with the wheel in it, which sees the packages of this one, but not the source."""
    folder = tmp_path / "environment"
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    packages = next(folder.glob("lib/python*/site-packages"))
    others = dict.fromkeys(path for path in sys.path if path.endswith("-packages") and Path(path) != site.USER_SITE)
    (packages / "others.pth").write_text("".join(f"{path}\n" for path in others))
    call([sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index", str(built.wheel)])  # fmt: skip
    yield python
    shutil.rmtree(folder)


def test_what_is_installed_works_without_the_source(fresh: Path, tmp_path: Path) -> None:
    script = shutil.copy(ROOT / "tools" / "try_installed.py", tmp_path)
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    said = call([str(fresh), script, __version__], cwd=tmp_path, env=env)
    assert said.startswith(f"nnviz-action {__version__} works, from {fresh.parents[1].resolve()}")


def test_a_wheel_without_its_fonts_would_be_noticed(fresh: Path, tmp_path: Path) -> None:
    shutil.rmtree(next(fresh.parents[1].glob("lib/python*/site-packages/nnviz_action/render/fonts")))
    command = [str(fresh), str(ROOT / "tools" / "try_installed.py"), __version__]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "error: " in done.stderr
