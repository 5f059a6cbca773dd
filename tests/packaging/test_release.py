"""What must be true of a tag before anything is published, and the workflow that publishes."""

import shutil
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

from nnviz_action import __version__

sys.path.insert(0, str(ROOT / "tools"))
import release

TAG = f"v{__version__}"
HEAD = "# Changelog\n\n"
ENTRY = f"## [{__version__}] - 2030-01-31\n\n### Added\n\n- All.\n"
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    (tmp_path / "nnviz_action").mkdir()
    for name in ("pyproject.toml", "nnviz_action/__init__.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text(f"{HEAD}## [Unreleased]\n\n{ENTRY}")
    return tmp_path


def test_a_tag_that_is_ready(ready: Path) -> None:
    assert list(release.problems(ready, TAG)) == []


@pytest.mark.parametrize("tag", ["v9.9.9", f"{TAG}.1", __version__, "latest", ""])
def test_another_tag_is_none(tag: str, ready: Path) -> None:
    assert list(release.problems(ready, tag))


@pytest.mark.parametrize("name", ["pyproject.toml", "nnviz_action/__init__.py"])
def test_every_place_has_the_version(name: str, ready: Path) -> None:
    path = ready / name
    path.write_text(path.read_text().replace(f'"{__version__}"', '"9.9.9"'))
    assert list(release.problems(ready, TAG)) == [f"{name} has another version than {TAG}"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (f"{HEAD}## [Unreleased]\n\n### Added\n\n- All.\n", "no section"),
        (HEAD + ENTRY.replace("2030-01-31", "soon"), "no section"),
        (f"{HEAD}## [Unreleased]\n\n### Fixed\n\n- More.\n\n{ENTRY}", "still unreleased"),
    ],
)
def test_the_changelog_has_it(changes: str, said: str, ready: Path) -> None:
    (ready / "CHANGELOG.md").write_text(changes)
    assert any(said in problem for problem in release.problems(ready, TAG))


def test_only_the_job_that_publishes_may_speak_for_us() -> None:
    """It runs nothing of the repository, and starts only for a tag that the others have passed."""
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}}
    rights = {name: job["permissions"] for name, job in WORKFLOW["jobs"].items()}
    assert rights == {"build": {"contents": "read"}, "publish": {"id-token": "write"}}
    publish = WORKFLOW["jobs"]["publish"]
    assert publish["needs"] == "build" and publish["environment"]["name"] == "pypi"
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]


def test_the_build_checks_the_tag_before_and_the_wheel_after() -> None:
    scripts = " ".join(step.get("run", "") for step in WORKFLOW["jobs"]["build"]["steps"])
    order = ["tools/release.py", "-m build", "twine check", "tools/try_installed.py"]
    assert sorted(order, key=scripts.index) == order
