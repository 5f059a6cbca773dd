"""The text of `nnviz.yaml`: the entries, beside each value where it is from, and outlines as comments."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from nnviz_action import __version__
from nnviz_action.setup.init.entries import Entry

MOST_OTHERS = 6
WIDTH = 60  # characters before the comment beside a line
SCHEMA = f"https://raw.githubusercontent.com/OWNER/nnviz-action/v{__version__}/docs/nnviz.schema.json"
_HEAD = f"""\
# yaml-language-server: $schema={SCHEMA}
# The models that nnviz-action draws, as `nnviz-action init` found them in the code. Beside each value stands where it
# is from: correct what is wrong, delete what you do not want. `nnviz-action schema` lists all keys.
"""


def config_text(entries: Sequence[Entry], more: Sequence[str]) -> str:
    """The whole file; `more` are the names of models that were left out."""
    ready = [entry for entry in entries if not entry.failure]
    return "\n".join([_HEAD, *_models(ready), *_outlines(entries), *_more(more)]).rstrip("\n") + "\n"


def entries_text(entries: Sequence[Entry]) -> str:
    """A file with these entries alone."""
    return "\n".join(_models(entries))


def _models(ready: Sequence[Entry]) -> Iterator[str]:
    roots = Counter(root for entry in ready for root in entry.roots if not entry.function)
    main = roots.most_common(1)[0][0] if roots else "."
    if main != ".":
        yield f"defaults:\n  pythonpath: {flow([main])}\n"
    yield "models:" if ready else "models: {}"
    yield from (_entry(entry, main) for entry in ready)


def _outlines(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        if entry.failure:
            yield _commented(_entry(entry, "."), f"not drawn: {entry.failure}", *filter(None, (entry.hint,)))


def _more(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"  # {len(names)} more were not asked; nnviz-action init --all --force  does: {', '.join(names)}\n"


def _entry(entry: Entry, main: str) -> str:
    return "\n".join(_lines(entry, main)) + "\n"


def _lines(entry: Entry, main: str) -> Iterator[str]:
    yield f"  {flow(entry.name)}:"
    yield _beside(f"    model: {flow(entry.target.text)}", _others(entry.others))
    if (roots := list(dict.fromkeys(entry.roots))) != [main]:
        yield f"    pythonpath: {flow(roots)}"
    if entry.args:
        yield _beside(f"    args: {flow(list(entry.args))}", entry.built_from)
    if entry.kwargs:
        yield _beside(f"    kwargs: {flow(dict(entry.kwargs))}", entry.built_from if not entry.args else "")
    if entry.inputs is None:
        yield "    inputs: [[1, 3, 224, 224]]"
    else:
        yield _beside(f"    inputs: {flow(entry.inputs)}", entry.called_from)


def _others(names: Sequence[str]) -> str:
    if not names:
        return ""
    rest = f" and {len(names) - MOST_OTHERS} more" if len(names) > MOST_OTHERS else ""
    return f"the same class: {', '.join(names[:MOST_OTHERS])}{rest}"


def _beside(line: str, comment: str) -> str:
    """The line with a comment; a long one goes above."""
    if not comment:
        return line
    if len(line) <= WIDTH:
        return f"{line}  # {comment}"
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}# {comment}\n{line}"


def _commented(entry: str, *reasons: str) -> str:
    head = [f"  # {reason}" for reason in reasons]
    return "\n".join([*head, *(f"  # {line[2:]}".rstrip() for line in entry.rstrip("\n").split("\n"))]) + "\n"


def flow(value: Any) -> str:
    """A value in one line of YAML."""
    plain = _lists(value)
    text = _dumped(plain, True)
    return text if yaml.safe_load(text) == plain else _dumped(plain, False)  # PyYAML folds some rare line ends


def _dumped(plain: Any, unicode: bool) -> str:
    text: str = yaml.dump(
        plain, Dumper=_Dumper, default_flow_style=True, width=10**6, sort_keys=False, allow_unicode=unicode
    )
    return text.removesuffix("\n").removesuffix("\n...")


def _lists(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_lists(child) for child in value]
    return {key: _lists(child) for key, child in value.items()} if isinstance(value, dict) else value


class _Dumper(yaml.SafeDumper):
    """Without anchors: a value that stands twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never an alias."""
        return True
