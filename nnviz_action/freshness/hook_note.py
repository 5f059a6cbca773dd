"""What a hook found fresh and staged stays so until git says otherwise: a note of it in git's own folder.

A hook runs on every commit, and most commits touch no model. What costs most then is importing what reads a config
and hashes files, so this module imports nothing that Python has not loaded already, save `subprocess`. The note lists
what git held for each file that the verdict came from: the same entries, unchanged on disk, make the same verdict.
Paths are plain strings here, as pathlib is among the imports that cost too much.
"""

import os

from nnviz_action import __version__

LIST = ("ls-files", "-z", "-s", "-v", "--cached", "--modified")
_FLAGS = frozenset({"--staged", "--fail-if-changed"})
_AS_STAGED = "H"  # in small letters where git was told not to look
RULES = 3  # to be raised whenever a check judges otherwise


def read_note(arguments: list[str]) -> str:
    """What to say where the command line is a hook's and its note still holds, else nothing."""
    config = _config(arguments)
    if config is None:
        return ""
    folder = os.path.realpath(os.path.dirname(config))
    root = _root(folder)
    if not root or root != _root(os.path.realpath(os.curdir)):
        return ""  # what git told the hook may hold for another repository
    name = os.path.relpath(os.path.join(folder, os.path.basename(config)), root).replace(os.sep, "/")
    key, said, outputs, *wanted = [*_read(note_path(root, name)), "", "", ""]
    fits = key == _key(name) and _holds(_listing(root), set(filter(None, wanted)), tuple(outputs.split("\n")))
    return said if fits else ""


def write_note(root: str, config: str, said: str, outputs: list[str], wanted: list[str]) -> None:
    """Note that a config was found fresh and staged.

    `config` is its path from the root, `wanted` the entries of git's index that this came from, `outputs` the
    beginnings of paths below which there is to be nothing else. Where the note cannot be written there is none.
    """
    path = note_path(root, config)
    part = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(part, "wb") as file:
            file.write(os.fsencode("\0".join((_key(config), said, "\n".join(outputs), *wanted))))
        os.replace(part, path)
    except OSError:
        pass


def entries(listing: bytes) -> list[str]:
    """What `LIST` prints, one by one: a letter, a blank, what git holds, a tab, a path."""
    return [entry for entry in os.fsdecode(listing).split("\0") if entry]


def _config(arguments: list[str]) -> str | None:
    """The config that a hook's command line names; None for any other command line."""
    command, *rest = arguments or [""]
    config = "nnviz.yaml"
    if "--config" in rest[:-1]:
        at = rest.index("--config")
        config, rest = rest[at + 1], rest[:at] + rest[at + 2 :]
    known = command in ("check", "generate") and "--staged" in rest and _FLAGS.issuperset(rest)
    return config if known else None


def _root(folder: str) -> str:
    while not os.path.exists(os.path.join(folder, ".git")):
        folder, last = os.path.split(folder)
        if not last:
            return ""
    return folder


def _key(config: str) -> str:
    return f"nnviz-action {__version__}, rules {RULES} {config}"


def note_path(root: str, config: str) -> str:
    """Where what is known of a config is kept: in the worktree's own folder, which `.git` is or names."""
    git = os.path.join(root, ".git")
    if not os.path.isdir(git):
        git = os.path.join(root, "".join(_read(git)).partition("gitdir: ")[2].rstrip("\n"))
    return os.path.join(git, "nnviz-action", config.replace("%", "%25").replace("/", "%2F"))


def _read(path: str) -> list[str]:
    try:
        with open(path, "rb") as file:
            return os.fsdecode(file.read()).split("\0")
    except OSError:
        return []


def _listing(root: str) -> list[str]:
    import subprocess  # noqa: PLC0415  # only where there is a note

    try:
        return entries(subprocess.run(["git", *LIST], cwd=root, stdout=subprocess.PIPE, check=True).stdout)
    except (OSError, subprocess.CalledProcessError):
        return []


def _holds(listing: list[str], wanted: set[str], outputs: tuple[str, ...]) -> bool:
    """Whether git holds what it held, nothing of it has changed on disk, and nothing came to it."""
    found = 0
    for entry in listing:
        held = entry[2:]
        if held in wanted and entry[0] == _AS_STAGED:
            found += 1
        elif held in wanted or held.partition("\t")[2].startswith(outputs):
            return False
    return bool(wanted) and found == len(wanted)
