"""A Python file by its syntax tree: comments, layout and line numbers do not count."""

import ast
import hashlib
import warnings
from collections.abc import Iterator


def tree_hash(data: bytes) -> str | None:
    """sha256 of the syntax tree; None where the text does not parse, or is nested too deeply to be walked."""
    try:
        tree = parsed(data)
        return None if tree is None else hash_of_tree(tree)
    except RecursionError:
        return None


def parsed(data: bytes) -> ast.Module | None:
    """The syntax tree; None where the text does not parse. What Python would warn of is said where the file runs."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def hash_of_tree(tree: object) -> str:
    """sha256 of a syntax tree, or of a list of them."""
    digest = hashlib.sha256()
    for part in _walk(tree):
        digest.update(part.encode(errors="surrogatepass"))
    return digest.hexdigest()


def _walk(node: object) -> Iterator[str]:
    """The tree as text that is the same in every version of Python that can parse the file.

    `ast.dump` is not: fields that are empty, or that newer versions add, come and go.
    """
    if isinstance(node, ast.AST):
        yield f"({type(node).__name__}"
        for name, value in ast.iter_fields(node):
            if value is not None and value != [] and name not in ("type_comment", "kind"):
                yield f" {name}="
                yield from _walk(value)
        yield ")"
    elif isinstance(node, list):
        yield "["
        for item in node:
            yield from _walk(item)
        yield "]"
    else:
        yield repr(node)
