"""Which files do work as soon as they are imported: those must not be."""

import ast
import re

from nnviz_action.setup.init.modules import Module

_WORK = re.compile(
    r"\.(parse_args|parse_known_args|backward|step|zero_grad|fit|save|makedirs|mkdir|read_csv|imread)\(|\b(input|exit)\("
    r"|\b(datasets\.\w+|DataLoader|\w*Dataset|torch\.load|load_dataset|urlopen|urlretrieve|download\w*|train\w*|main)\("
)
_HARMLESS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


def runs_when_imported(module: Module) -> bool:
    """Whether its top level trains, loads data, or reads a command line."""
    if module.runs is None:
        module.runs = any(map(_works, module.tree.body))
    return module.runs


def _works(statement: ast.stmt) -> bool:
    if isinstance(statement, _HARMLESS) or (
        isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test)
    ):
        return False
    if isinstance(statement, (ast.If, ast.Try, ast.With)):
        parts = [*statement.body, *getattr(statement, "orelse", []), *getattr(statement, "finalbody", [])]
        return any(map(_works, parts))
    if isinstance(statement, (ast.For, ast.While)):
        return any(
            isinstance(node, ast.Call) and _WORK.search(f"{ast.unparse(node.func)}(") for node in ast.walk(statement)
        )
    return bool(_WORK.search(ast.unparse(statement)))
