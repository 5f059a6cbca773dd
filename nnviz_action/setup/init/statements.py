"""What statements of others do: the names they read or change, whether they may run; and the same without devices."""

import ast
import builtins
import copy
import re

from nnviz_action.setup.init.place import names_bound

_REFUSED = re.compile(
    r"(?:^|\.)(open|load\w*|download\w*|input|system|run|Popen|urlopen|fit|train\w*|backward|fetch\w*|from_pretrained|exec"
    r"|eval|DataLoader|\w*Dataset|datasets\.\w+|init_process_group|(subprocess|os|shutil|requests|urllib|socket)(\.\w+)+|call|check_call|check_output|getoutput|getstatusoutput|save\w*|makedirs|mkdir|exit|wait|sleep|imread|get_data"
    r"\w*|MNIST|CIFAR\w+|ImageFolder|multiprocessing\.\w+|spawn)\Z"
)
_CHANGING = re.compile("append|extend|insert|update|set|merge|add|pop|remove|clear|sort|reverse")
_DEVICES = frozenset({"cuda", "cpu", "requires_grad_", "share_memory"})
_DEVICE = re.compile("device|cuda|cpu|gpu|mps", re.I)
_BUILTINS = frozenset(dir(builtins))


def is_own(node: ast.AST) -> bool:
    """Whether this is `self.name`."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def plain_name(name: str) -> str:
    """`self.name` as a name of its own."""
    return name.replace(".", "_")


def loaded(node: ast.AST) -> set[str]:
    """The names that an expression reads; `self.name` is one."""
    found: set[str] = set()
    bound: set[str] = set()
    for child in ast.walk(node):
        if is_own(child):
            found.add(f"self.{child.attr}")  # type: ignore[attr-defined]
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
            found.add(child.id)
        elif isinstance(child, ast.comprehension):
            bound |= names_bound(child.target)
        elif isinstance(child, ast.Lambda):
            bound |= {a.arg for a in (*child.args.args, *child.args.kwonlyargs)}
    return {n for n in found - bound if n != "self" and (n not in _BUILTINS)}


def changed(statement: ast.stmt) -> set[str]:
    """The names that a statement binds, removes, or calls a method of that changes them."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            found |= names_bound(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _CHANGING.match(node.func.attr):
            found |= names_bound(node.func.value)
    return found


def is_safe(node: ast.AST) -> bool:
    """Whether it neither loads, trains nor asks; awaits and yields do not run by themselves."""
    for child in ast.walk(node):
        if isinstance(child, ast.Call) and _REFUSED.search(_dotted(child.func)):
            return False
        if isinstance(child, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
            return False
    return True


def _dotted(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else getattr(node, "attr", "")


def plainly(node: ast.expr) -> ast.expr:
    """The same without devices, and with `self.name` as a name."""
    made: ast.expr = _Plain().visit(copy.deepcopy(node))
    return made


class _Plain(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.keywords = [k for k in node.keywords if k.arg != "device"]
        if isinstance(node.func, ast.Attribute) and _moves(node, node.func.attr):
            return node.func.value
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return ast.Name(f"self_{node.attr}", node.ctx) if is_own(node) else node


def _moves(node: ast.Call, method: str) -> bool:
    """Whether a call of this method says on which device a value lies, and nothing else."""
    if method != "to":
        return method in _DEVICES
    others = [keyword.arg for keyword in node.keywords if keyword.arg != "non_blocking"]
    return not others and all(_DEVICE.search(ast.unparse(argument)) for argument in node.args)


class Renamed(ast.NodeTransformer):
    """Gives names others."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """As `ast.NodeTransformer` has it."""
        return ast.Name(self._names.get(node.id, node.id), node.ctx)
