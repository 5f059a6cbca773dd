"""git, and what the repository has of hooks and workflows."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from nnviz_action.setup.doctor.finding import Finding, broken, ok, optional
from nnviz_action.system.repository import repository_root

_HOOK = re.compile(r"^\s*(?:-\s*)?id:\s*['\"]?(nnviz-[\w-]+)", re.MULTILINE)
_USES = re.compile(r"^\s*(?:-\s*)?uses:\s*['\"]?[^\s#'\"]*nnviz-action@([^\s#'\"]+)", re.MULTILINE)
_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_RUNNERS = ("pre-commit", "prek")


def repository(folder: Path, outputs: Sequence[Path]) -> Iterator[Finding]:
    """Of the repository that `folder` lies in; `outputs` are the folders of the diagrams."""
    if shutil.which("git") is None:
        yield broken("git", "not on the PATH: diff, reports and hooks need it", "apt-get install git")
        return
    yield ok("git", _git(folder, "version").removeprefix("git version "))
    root = repository_root(folder)
    if root is None:
        yield optional("repository", "there is none here", "git init")
        return
    if _git(root, "rev-parse", "--is-shallow-repository") == "true":
        said = "shallow: a diff with commits that are not here fetches them one by one"
        yield optional("clone", said, "git fetch --unshallow")
    yield from _lfs(root, outputs)
    yield _hook(root)
    yield _workflow(root)


def _lfs(root: Path, outputs: Sequence[Path]) -> Iterator[Finding]:
    """Only where the attributes of a diagram's files ask for it."""
    files = [str(folder / name) for folder in outputs for name in ("forward.png", "model.onnx")]
    asked = _git(root, "check-attr", "filter", "--", *files) if files else ""
    if "filter: lfs" not in asked:
        return
    if not _git(root, "lfs", "version"):
        yield broken("Git LFS", ".gitattributes asks for it, and it is not here", "apt-get install git-lfs")
    elif not _git(root, "config", "filter.lfs.process") and not _git(root, "config", "filter.lfs.smudge"):
        yield broken("Git LFS", "not set up: git would commit the files themselves", "git lfs install")
    else:
        yield ok("Git LFS", _git(root, "lfs", "version").partition(" ")[0].removeprefix("git-lfs/"))


def _hook(root: Path) -> Finding:
    names = [name for file in root.glob(".pre-commit-config.y*ml") for name in _HOOK.findall(_text(file))]
    if not names:
        return optional("hook", "no hook of nnviz-action in .pre-commit-config.yaml", "nnviz-action init --hook")
    script = root / _git(root, "rev-parse", "--git-path", "hooks/pre-commit")
    if not any(runner in _text(script) for runner in _RUNNERS):
        runner = next(filter(shutil.which, _RUNNERS), "")
        cure = f"{runner} install" if runner else "pip install pre-commit && pre-commit install"
        return optional("hook", f"{', '.join(names)} in the config, and not installed in this clone", cure)
    return ok("hook", ", ".join(names))


def _workflow(root: Path) -> Finding:
    files = sorted((root / ".github" / "workflows").glob("*.y*ml"))
    used = {file.name: version for file in files for version in _USES.findall(_text(file))}
    if not used:
        return optional("workflow", "none uses nnviz-action", "nnviz-action init --workflow")
    if unset := [name for name, version in used.items() if version == "0" * 40]:
        said = f"{', '.join(unset)}: the commit behind nnviz-action@ is all zeros, which GitHub does not find"
        return broken("workflow", said, "put the commit of the release there, behind the @")
    loose = {name: version for name, version in used.items() if not _COMMIT.match(version)}
    said = ", ".join(f"{name} ({version[:12]})" for name, version in (loose or used).items())
    if loose:
        cure = "put the hash of a commit behind the @, the version into a comment"
        return optional("workflow", f"{said}: a tag or branch can be moved", cure)
    return ok("workflow", f"{said}, pinned")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _git(folder: Path, *args: str) -> str:
    """What git says, empty where it fails."""
    done = subprocess.run(["git", "-C", str(folder), *args], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
