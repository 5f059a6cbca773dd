"""Code that shows how models are used, in texts: blocks of a README, examples in docstrings."""

import ast
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from nnviz_action.setup.init.modules import Module, bind, parse

_FENCE = re.compile(r"^([ \t]*)```+[ \t]*(?:python|py|python3|pycon)\b[^\n]*\n(.*?)^[ \t]*```", re.M | re.S | re.I)
_DIRECTIVE = re.compile(
    r"^([ \t]*)(?:\.\. code(?:-block)?:: *python|\.\. code::|.*::)[ \t]*\n((?:[ \t]*\n|\1[ \t]+.*\n?)+)", re.M
)
_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.)(?: |$)", re.M)


def snippets(text: str) -> Iterator[tuple[int, ast.Module]]:
    """The line before each piece of Python code in a text, and the code."""
    for match in (*_FENCE.finditer(text), *_DIRECTIVE.finditer(text)):
        code, line = match[2], text.count("\n", 0, match.start(2))
        tree = parse(_without_prompts(code))
        if tree is not None and tree.body:
            yield line, tree
    if not _FENCE.search(text) and _PROMPT.search(text):
        lines = text.split("\n")
        first = next(i for i, line in enumerate(lines) if _PROMPT.match(line))
        tree = parse(_without_prompts("\n".join(lines[first:])))
        if tree is not None:
            yield first, tree


def _without_prompts(code: str) -> str:
    """Only the typed lines of a session, on the lines where they stood."""
    if not _PROMPT.search(code):
        return textwrap.dedent(code)
    return "\n".join(_PROMPT.sub("", line) if _PROMPT.match(line) else "" for line in code.split("\n"))


def of_text(folder: Path, path: str) -> Iterator[Module]:
    """The code of a documentation file as modules, each with the line numbers of the file."""
    text = (folder / path).read_text(encoding="utf-8", errors="replace")
    for line, tree in snippets(text):
        module = Module(path, _moved(tree, line), path, text=text)
        bind(module)
        yield module


def of_docstrings(module: Module) -> Iterator[Module]:
    """The examples in a module's docstrings, which see what the module defines."""
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
            text = ast.get_docstring(node, clean=False)
            for line, tree in snippets(text) if text else ():
                made = Module(module.path, _moved(tree, node.body[0].lineno - 1 + line), module.name, module.root)
                made.names, made.stars = dict(module.names), list(module.stars)
                bind(made)
                yield made


def _moved(tree: ast.Module, lines: int) -> ast.Module:
    return ast.increment_lineno(tree, lines)
