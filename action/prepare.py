"""Print the Python that the action runs in; where there is none, why, as Markdown for the job's summary.

Run by the Python that the job made, with its standard library alone.

If that has all that is needed, it is that one. Otherwise it is a virtual environment in the runner's temporary folder
that sees the job's packages and holds what they lack: the job's environment is never touched, and torch is never
installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import site
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

ACTION = Path(__file__).resolve().parent.parent
OLDEST = (3, 10)
# The modules by which the extras of pyproject.toml are known to be there.
BASE = ("click", "yaml", "pydantic", "rich")
EXTRAS = {
    "github": ("github",),
    "render": ("onnx", "onnx_ir", "PIL", "resvg", "resvg_py"),
    "torch": ("onnxscript", "torchviz", "graphviz", "packaging"),
}
# What pip says where no package index answers, or has nothing.
UNREACHED = re.compile(
    r"connection (broken|refused|error)|new connection|timed out|unreachable|resolve|proxy|no matching distribution",
    re.IGNORECASE,
)


def main() -> int:
    """The exit code: 0, or 4 where there is no way."""
    if sys.version_info < OLDEST:
        return fail("nnviz-action needs Python 3.10 or later", "a step with actions/setup-python before this one")
    extras = wanted(os.environ.get("INPUT_MODE", ""), is_here("torch"))
    if own_version() == installed_version() and not lacking(extras):
        print(sys.executable)
        return 0
    try:
        print(environment(extras))
    except subprocess.CalledProcessError as error:
        return fail(f"{' '.join(map(str, error.cmd))} failed", cure(error, extras))
    except OSError as error:
        return fail(f"no environment can be made in {os.environ['RUNNER_TEMP']}: {error.strerror}", "make room there")
    return 0


def wanted(mode: str, torch: bool) -> tuple[str, ...]:
    """The extras for a mode. That of torch is for a job that has torch: the rest of it, to capture with."""
    if mode == "comment":
        return ("github",)
    return ("github", "render", "torch") if torch else ("github", "render")


def lacking(extras: tuple[str, ...]) -> list[str]:
    """The modules that are not here."""
    return [name for names in (BASE, *(EXTRAS[extra] for extra in extras)) for name in names if not is_here(name)]


def is_here(module: str) -> bool:
    """Whether a module can be imported, without doing so."""
    return importlib.util.find_spec(module) is not None


def own_version() -> str:
    """Of the action itself."""
    text = (ACTION / "nnviz_action" / "__init__.py").read_text(encoding="utf-8")
    return text.partition('__version__ = "')[2].partition('"')[0]


def installed_version() -> str:
    """Of the nnviz_action that the job installed; empty where it did not."""
    if not is_here("nnviz_action"):
        return ""
    from nnviz_action import __version__  # noqa: PLC0415  # it need not be there

    return str(__version__)


def environment(extras: tuple[str, ...]) -> Path:
    """The Python of the virtual environment, made unless an earlier step of the job made it."""
    key = hashlib.sha256("\n".join((sys.executable, own_version(), *extras)).encode()).hexdigest()[:8]
    folder = Path(os.environ["RUNNER_TEMP"]) / "nnviz-action" / f"venv-{key}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = folder / "complete"
    if not done.exists():
        say(f"nnviz-action: making an environment in {folder}")
        make(folder, python, extras)
        done.touch()
    return python


def make(folder: Path, python: Path, extras: tuple[str, ...]) -> None:
    """Raises `CalledProcessError`."""
    venv.create(folder, clear=True, with_pip=False)
    run([str(python), "-I", "-m", "ensurepip", "--default-pip"], folder)
    purelib = run([str(python), "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], folder).strip()
    lines = [f"import site; site.addsitedir({path!r})\n" for path in packages()]
    Path(purelib, "nnviz_job.pth").write_text("".join(lines), encoding="utf-8")
    constraints = folder / "constraints.txt"
    constraints.write_text(pins(), encoding="utf-8")
    what = f"{ACTION}[{','.join(extras)}]"
    options = ["--disable-pip-version-check", "--no-compile", "-q", "-c", str(constraints)]
    run([str(python), "-I", "-m", "pip", "install", *options, what], folder)


def packages() -> list[str]:
    """Where the job's packages are."""
    user = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    return [path for path in (*user, *site.getsitepackages()) if Path(path).is_dir()]


def pins() -> str:
    """What pip must leave as it is: torch, in the build that the job chose; without any, none may come."""
    try:
        return f"torch=={metadata.version('torch')}\n"
    except metadata.PackageNotFoundError:
        return "torch<0\n"


def run(command: list[str], folder: Path) -> str:
    """The standard output; what goes to standard error is shown.

    In a folder of ours and isolated (-I): in the workspace, a `pip.py` of a pull request would be taken for pip.
    """
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=folder, check=False)
    sys.stderr.write(done.stderr)
    done.check_returncode()
    return done.stdout


def cure(error: subprocess.CalledProcessError, extras: tuple[str, ...]) -> str:
    """What may mend a command that failed."""
    if "ensurepip" in error.cmd:
        return "a step with actions/setup-python before this one, or the package python3-venv"
    install = f"{sys.executable} -m pip install 'nnviz-action[{','.join(extras)}]=={own_version()}'"
    if not UNREACHED.search(str(error.stderr)):
        return f"see the log; or a step before this one: {install}"
    return (
        "pip finds no package index that has what is needed: name one that this runner reaches, as PIP_INDEX_URL in "
        f"the `env:` of the job, or let the runner's image have it all, made where there is a network: {install}"
    )


def fail(message: str, hint: str) -> int:
    """Say it as an annotation, and for the summary."""
    say(f"::error title=nnviz-action::{message}%0A{hint}")
    print(f"```text\n{message}\n```\n\nTo mend this: {hint}.")
    return 4


def say(text: str) -> None:
    """Standard output is for the answer alone."""
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
