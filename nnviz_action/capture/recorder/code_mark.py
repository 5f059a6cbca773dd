"""A mark of the code of an `autograd.Function`: nothing that it computes, forward or backward, can be recorded."""

import ast
import inspect
import textwrap
from typing import Any

from torch.autograd.function import Function

from nnviz_action.freshness.syntax import hash_of_tree

_METHODS = ("forward", "setup_context", "backward", "vjp", "jvp", "vmap")


def code_mark(cls: Any) -> str:
    """Eight letters that change with what the methods do; names of variables, comments and annotations do not count.

    Empty where the source cannot be read.
    """
    methods = [vars(owner)[name] for name in _METHODS for owner in _owners(cls) if name in vars(owner)]
    try:
        trees = [_plain(textwrap.dedent(inspect.getsource(inspect.unwrap(_function(m))))) for m in methods]
    except (OSError, TypeError, SyntaxError):
        return ""
    return hash_of_tree(trees)[:8]


def _owners(cls: Any) -> list[Any]:
    """The classes that may say something of their own."""
    return [owner for owner in cls.__mro__ if issubclass(owner, Function) and owner.__module__ != Function.__module__]


def _function(method: Any) -> Any:
    return getattr(method, "__func__", method)


def _plain(source: str) -> Any:
    return _Plain().visit(ast.parse(source).body[0])


class _Plain(ast.NodeTransformer):
    """Variables by the order in which they appear, without docstring, annotations and decorators."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A function is its parameters and statements."""
        node.name, node.returns, node.decorator_list = "", None, []
        body = node.body
        if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            node.body = body[1:]
        for inner in ast.walk(node):
            if isinstance(inner, ast.arg):
                self._names.setdefault(inner.arg, f"_{len(self._names)}")
            elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                self._names.setdefault(inner.id, f"_{len(self._names)}")
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        """`x: Tensor = y` is `x = y`."""
        if node.value is None:
            return None
        return self.visit(ast.Assign([node.target], node.value))

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """A parameter by its place."""
        return ast.arg(self._names.get(node.arg, node.arg))

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """A variable by its place; what comes from outside by its name."""
        return ast.Name(self._names.get(node.id, node.id))
