"""The text of `nnviz.yaml`: the entries, beside each value where it is from, and outlines as comments."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from nnviz_action import __version__
from nnviz_action.setup.init.builders import FILE
from nnviz_action.setup.init.propose import Proposal
from nnviz_action.setup.init.scan import Scan
from nnviz_action.setup.init.walk.values import Tensor

MOST_OTHERS = 6
WIDTH = 60  # characters before the comment beside a line
SCHEMA = f"https://raw.githubusercontent.com/OWNER/nnviz-action/v{__version__}/docs/nnviz.schema.json"
_HEAD = f"""\
# yaml-language-server: $schema={SCHEMA}
# The models that nnviz-action draws, as `nnviz-action init` found them in the code. Beside each value stands where it
# is from: correct what is wrong, delete what you do not want. `nnviz-action schema` lists all keys.
"""


def config_text(scan: Scan) -> str:
    """The whole file. `scan` has one entry at least."""
    roots = Counter(p.target.root for p in scan.ready)
    main = roots.most_common(1)[0][0]
    lines = [_HEAD]
    if main != ".":
        lines.append(f"defaults:\n  pythonpath: {_flow([main])}\n")
    lines.append("models:")
    lines += [_entry(p, main) for p in scan.ready]
    lines += [_commented(_entry(p, main), *_troubles(p)) for p in scan.outlines]
    lines += [_commented(_entry(p, main)) for p in scan.more]
    return "\n".join(lines).rstrip("\n") + "\n"


def inputs_text(proposal: Proposal) -> str:
    """The inputs as the file has them."""
    return _flow(_plain(proposal.inputs))


def _troubles(proposal: Proposal) -> Iterator[str]:
    yield f"tried, and failed: {proposal.failure}" if proposal.failure else f"could not guess: {proposal.problem}"
    if proposal.builder and not proposal.failure:
        yield f"a function can: nnviz-action init --functions --force writes it into {FILE}"


def _entry(proposal: Proposal, main: str) -> str:
    return "\n".join(_lines(proposal, main)) + "\n"


def _lines(proposal: Proposal, main: str) -> Iterator[str]:
    yield f"  {_flow(proposal.name)}:"
    yield _beside(f"    model: {_flow(proposal.target.text)}", _others(proposal.others))
    root = proposal.target.root
    if proposal.builder and root != ".":
        yield f"    pythonpath: {_flow(['.', root])}"
    elif root != main:
        yield f"    pythonpath: {_flow([root])}"
    built = proposal.built_from
    if proposal.args:
        yield _beside(f"    args: {_flow(list(proposal.args))}", _from(built))
    if proposal.kwargs:
        yield _beside(f"    kwargs: {_flow(proposal.kwargs)}", _from(built) if not proposal.args else "")
    if proposal.inputs is None:
        yield "    inputs: [[1, 3, 224, 224]]"
    else:
        yield _beside(f"    inputs: {_flow(_plain(proposal.inputs))}", _from(proposal.called_from))


def _from(place: str) -> str:
    return f"from {place}" if re.search(r":\d+\Z", place) else place


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


def _plain(value: Any) -> Any:
    """Inputs in the shortest form that the config takes."""
    if isinstance(value, Tensor):
        return _tensor(value)
    if isinstance(value, dict):
        return {name: _literal(child) for name, child in value.items()}
    return [_literal(child) for child in value]


def _literal(value: Any) -> Any:
    if isinstance(value, Tensor):
        return _tensor(value)
    if isinstance(value, (list, tuple)) and value and all(isinstance(v, (Tensor, list, tuple)) for v in value):
        return [_literal(v) for v in value]
    if isinstance(value, dict) and value and all(isinstance(v, (Tensor, list, tuple)) for v in value.values()):
        return {name: _literal(v) for name, v in value.items()}
    return {"value": value}


def _tensor(tensor: Tensor) -> Any:
    shape = list(tensor.shape or [])
    if tensor.dtype == "float32":
        return shape
    high = {"high": tensor.high} if tensor.high and tensor.dtype.startswith("int") else {}
    return {"shape": shape, "dtype": tensor.dtype, **high}


def _flow(value: Any) -> str:
    """A value in one line of YAML."""
    text: str = yaml.dump(
        _lists(value), Dumper=_Dumper, default_flow_style=True, width=10**6, sort_keys=False, allow_unicode=True
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
