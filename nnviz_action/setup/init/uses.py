"""How the repository itself uses its models: what tests, scripts and examples build and call them with."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from nnviz_action.setup.init.callers import calls_in, statements_in
from nnviz_action.setup.init.cut import Cutter, Piece
from nnviz_action.setup.init.factories import Factories
from nnviz_action.setup.init.files import is_documentation, is_test
from nnviz_action.setup.init.index import Index
from nnviz_action.setup.init.modules import Class, Function, Module
from nnviz_action.setup.init.place import Place, expressions, names_bound
from nnviz_action.setup.init.snippets import of_docstrings, of_text
from nnviz_action.setup.init.statements import plainly

MOST_USES = 8  # of one class in files of one kind: more tell nothing new
FUNCTION = "make"


class Kind(IntEnum):
    """Where a use stands; the first is the most trusted."""

    TEST, TEXT, SCRIPT, DOCSTRING = range(4)


@dataclass(frozen=True)
class Code:
    """A piece of code that was cut out, and where it is from."""

    piece: Piece
    call: ast.Call
    place: str

    @property
    def statements(self) -> str:
        """What stands before the call: imports first."""
        lines = [_import(*row) for row in self.piece.imports]
        return "\n".join(
            [*sorted(lines), *(ast.unparse(ast.fix_missing_locations(s)) for s in self.piece.statements)]
        )

    def function(self, returns: str) -> str:
        """As a function that returns this."""
        lines = [*self.statements.splitlines(), f"return {returns}"]
        return "\n".join([f"def {FUNCTION}():", *(f"    {line}" for line in lines)]) + "\n"

    @property
    def arguments(self) -> str:
        """Those of the call, as a tuple and a dict."""
        args = "".join(f"{ast.unparse(a)}, " for a in self.call.args)
        items = [
            f"**{ast.unparse(k.value)}" if k.arg is None else f"{k.arg!r}: {ast.unparse(k.value)}"
            for k in self.call.keywords
        ]
        return f"[{args}], {{{', '.join(items)}}}"


@dataclass(frozen=True)
class Use:
    """A model that is built somewhere, and what it is called with there, if that is known."""

    made: Class
    callee: Class | Function
    kind: Kind
    code: Code
    inputs: Code | None = None

    @property
    def place(self) -> str:
        """Where it is built."""
        return self.code.place


def _import(module: str, name: str, called: str) -> str:
    if not module:
        base, _, own = name.rpartition(".")
        if not base:
            return f"import {name}" if name == called else f"import {name} as {called}"
        return f"from {base} import {own}" if own == called else f"from {base} import {own} as {called}"
    return f"from {module} import {name}" if name == called else f"from {module} import {name} as {called}"


def find_uses(
    folder: Path, index: Index, factories: Factories, cutter: Cutter, paths: Iterable[str]
) -> dict[Class, list[Use]]:
    """All uses by the class of the model, the most trusted first."""
    found: dict[Class, list[Use]] = {}
    finder = _Finder(index, factories, cutter, found)
    for path in paths:
        if is_documentation(path):
            finder.text(list(of_text(folder, path)))
    for module in index.modules:
        finder.module(module, Kind.TEST if is_test(module.path) else Kind.SCRIPT)
        if not is_test(module.path):
            for docstring in of_docstrings(module):
                finder.module(docstring, Kind.DOCSTRING)
    for uses in found.values():
        uses.sort(key=lambda use: (use.inputs is None, use.kind))
    return found


class _Finder:
    def __init__(self, index: Index, factories: Factories, cutter: Cutter, found: dict[Class, list[Use]]) -> None:
        self._index, self._factories, self._cutter, self._found = index, factories, cutter, found

    def text(self, modules: Sequence[Module]) -> None:
        """The blocks of a text: each sees what those above it define."""
        before: list[ast.stmt] = []
        for module in modules:
            own = {id(s) for s in module.tree.body}
            whole = Module(module.path, ast.Module([*before, *module.tree.body], []), module.name, text=module.text)
            whole.names = dict(module.names)
            before = whole.tree.body
            self.module(whole, Kind.TEXT, own)

    def module(self, module: Module, kind: Kind, own: set[int] | None = None) -> None:
        """All that is built in a module; of what is `own`, if that is said."""
        for place, call in calls_in(module):
            if own is not None and id(place.chain[0][0][place.chain[0][1]]) not in own:
                continue
            callee = (
                self._index.named(module, call.func) if isinstance(call.func, (ast.Name, ast.Attribute)) else None
            )
            made = self._factories.made_by(callee)
            if made is None or not isinstance(callee, (Class, Function)) or self._is_inside(place, callee):
                continue
            uses = self._found.setdefault(made, [])
            if sum(use.kind is kind for use in uses) < MOST_USES and (
                use := self._use(place, call, made, callee, kind)
            ):
                uses.append(use)

    def _is_inside(self, place: Place, callee: Class | Function) -> bool:
        """Whether this is a part of another model, or a function that calls itself."""
        owner = place.function.owner if place.function is not None else None
        return (owner is not None and self._index.is_module(owner)) or callee is place.function

    def _use(self, place: Place, call: ast.Call, made: Class, callee: Class | Function, kind: Kind) -> Use | None:
        whole = call
        piece = self._cutter.cut(place, [call])
        if piece.unknown:
            reduced = self._reduced(place, call, callee)
            if reduced is None:
                return None
            whole, piece = reduced, self._cutter.cut(place, [reduced])
            if piece.unknown:
                return None
        plain = plainly(whole)
        if not isinstance(plain, ast.Call):
            return None
        code = Code(piece, plain, f"{place.module.path}:{call.lineno}")
        return Use(made, callee, kind, code, self._inputs(place, call))

    def _reduced(self, place: Place, call: ast.Call, callee: Class | Function) -> ast.Call | None:
        """The same call without those arguments that nothing tells."""
        function = self._index.method(callee, "__init__") if isinstance(callee, Class) else callee
        if function is None or any(isinstance(a, ast.Starred) for a in call.args):
            return None
        names = function.parameters[function.owner is not None :]
        pairs = [*zip(names, call.args, strict=False), *((k.arg, k.value) for k in call.keywords if k.arg)]
        known = [(n, v) for n, v in pairs if not self._cutter.cut(place, [v]).unknown]
        return ast.Call(call.func, [], [ast.keyword(name, value) for name, value in known])

    def _inputs(self, place: Place, call: ast.Call) -> Code | None:
        """The first call of what was built whose arguments are known."""
        for where, used in self._calls_of_made(place, call):
            given = [*used.args, *(k.value for k in used.keywords)]
            if not given:
                continue
            piece = self._cutter.cut(where, given, self._builds)
            if not piece.unknown and not any(self._builds(where.module, value) for value in given):
                plain = plainly(used)
                if isinstance(plain, ast.Call):
                    return Code(piece, plain, f"{where.module.path}:{used.lineno}")
        return None

    def _builds(self, module: Module, value: ast.expr) -> bool:
        calls = (n.func for n in ast.walk(value) if isinstance(n, ast.Call))
        return any(
            self._factories.made_by(self._index.named(module, f)) is not None
            for f in calls
            if isinstance(f, (ast.Name, ast.Attribute))
        )

    def _calls_of_made(self, place: Place, call: ast.Call) -> Iterator[tuple[Place, ast.Call]]:
        body, at = place.chain[-1]
        statement = body[at]
        yield from ((place, n) for n in expressions(statement) if isinstance(n, ast.Call) and _wraps(n.func, call))
        if place.function is not None and is_fixture(place.function):
            yield from self._calls_of(place.module, {place.function.name}, place.function.name, call)
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = set().union(*map(names_bound, targets))
            yield from self._calls_of(place.module, names, place.function, call)

    def _calls_of(
        self, module: Module, names: set[str], within: Function | str | None, call: ast.Call
    ) -> Iterator[tuple[Place, ast.Call]]:
        """Calls of these variables: in the function `within`, in tests that a fixture of this name is handed to, or,
        of attributes, in all methods of a class."""
        own = any(name.startswith("self.") for name in names)
        for where, statement in statements_in(module):
            function = where.function
            if isinstance(within, str):
                fits = function is not None and within in function.parameters
            else:
                both = own and function is not None and within is not None and function.owner is within.owner
                fits = function is within or both
            for node in expressions(statement) if fits else ():
                late = isinstance(within, str) or getattr(node, "lineno", 0) >= call.lineno or own
                if isinstance(node, ast.Call) and late and _names(node.func) in names:
                    yield where, node


def is_fixture(function: Function) -> bool:
    """Whether pytest hands what it returns to tests."""
    return any("fixture" in ast.unparse(mark) for mark in function.node.decorator_list)


def _names(func: ast.expr) -> str:
    """The variable that is called: `model(…)`, `self.net.forward(…)`."""
    return ast.unparse(func).removesuffix(".forward") if isinstance(func, (ast.Name, ast.Attribute)) else ""


def _wraps(func: ast.expr, call: ast.Call) -> bool:
    """Whether what is called is what this call gives."""
    while isinstance(func, (ast.Call, ast.Attribute)):
        if func is call:
            return True
        func = func.func if isinstance(func, ast.Call) else func.value
    return False
