"""Cutting code out: an expression of the repository, with the statements before it that it depends on, and no others.

The piece runs by itself, in the process of a model. What trains, loads, or asks a user is left out of it, and what
depends on that is not known. Arguments of the command line have their defaults.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from nnviz_action.setup.init.callers import Callers
from nnviz_action.setup.init.command_line import asks, namespace
from nnviz_action.setup.init.index import Found, Index
from nnviz_action.setup.init.modules import Class, External, Function, Import, Module, ModuleRef, imports
from nnviz_action.setup.init.place import Place, names_bound, parameter_default, parametrized
from nnviz_action.setup.init.scripts import runs_when_imported
from nnviz_action.setup.init.statements import Renamed, changed, is_own, is_safe, loaded, plain_name, plainly
from nnviz_action.setup.init.targets import target_of

DEEPEST = 5  # functions that call functions
MOST_STATEMENTS = 80
_CHANGES = frozenset({"append", "extend", "insert", "update", "setdefault", "merge_from_dict"})


@dataclass
class Piece:
    """Statements and an expression; the imports that they need; names that nothing tells."""

    statements: list[ast.stmt] = field(default_factory=list)
    imports: dict[tuple[str, str, str], None] = field(default_factory=dict)  # module, name, by which name
    unknown: set[str] = field(default_factory=set)
    roots: dict[str, None] = field(default_factory=dict)  # folders that these imports count from
    refused: Callable[[Module, ast.expr], bool] | None = None  # values that are left out, beside what is not safe


class Cutter:
    """Cuts pieces out of the modules of a repository."""

    def __init__(self, index: Index, callers: Callers) -> None:
        self._index, self._callers = index, callers

    def cut(
        self, place: Place, nodes: Iterable[ast.expr], refused: Callable[[Module, ast.expr], bool] | None = None
    ) -> Piece:
        """What these expressions need at this place."""
        piece = Piece(refused=refused)
        needed = set().union(*(loaded(node) for node in nodes))
        self._before(place, needed, piece, 0)
        return piece

    def _before(self, place: Place, needed: set[str], piece: Piece, depth: int) -> None:
        """Put what is needed before the statements that the piece has."""
        if depth > DEEPEST or len(piece.statements) > MOST_STATEMENTS:
            piece.unknown |= needed
            return
        own: list[ast.stmt] = []
        for body, at in reversed(place.chain):
            own = [*self._block(body[:at], needed, piece, place.module), *_loop(body, at, needed), *own]
        piece.statements[:0] = own
        if place.function is not None:
            self._parameters(place, place.function, needed, piece, depth)
            if needed:
                top = Place(place.module, None, [(place.module.tree.body, len(place.module.tree.body))])
                self._top(top, needed, piece)
        else:
            self._top(place, needed, piece, sliced=True)

    def _top(self, place: Place, needed: set[str], piece: Piece, sliced: bool = False) -> None:
        """Names of the module: imported where it can be, else cut out of it."""
        module = place.module
        imported = set()
        for name in sorted(needed - piece.unknown):
            if self._import(module, name, piece):
                imported.add(name)
        needed -= imported
        if needed and not sliced:
            piece.statements[:0] = self._block(place.chain[0][0], needed, piece, module)
            for name in sorted(needed - piece.unknown):
                if self._import(module, name, piece):
                    needed.discard(name)
        piece.unknown |= needed
        needed.clear()

    def _import(self, module: Module, name: str, piece: Piece) -> bool:
        found, _ = self._index.lookup(module, name)
        if isinstance(found, (Class, Function)):
            return self._imported(found, name, piece)
        binding = module.names.get(name)
        return isinstance(binding, Import) and self._imported(self._index.resolve(binding.dotted)[0], name, piece)

    def _imported(self, found: Found, name: str, piece: Piece) -> bool:
        """Note the import; False where it would run a script, or leads through a file that no import finds."""
        if isinstance(found, (Class, Function)):
            target = target_of(self._index, found)
            source, _, own = target.text.partition(":")
            is_file, root = source.endswith(".py"), target.root
            if is_file:  # which is on the path by its folder
                source, root = found.module.name, found.module.root
            if (not source.isidentifier() and is_file) or runs_when_imported(found.module):
                return False
            piece.imports[source, own, name] = None
            piece.roots[root] = None
            return True
        if isinstance(found, ModuleRef):
            piece.imports["", found.module.name, name] = None
            piece.roots[found.module.root] = None
            return not runs_when_imported(found.module)
        if isinstance(found, External):
            piece.imports["", found.name, name] = None
            return True
        return False

    def _block(self, body: Sequence[ast.stmt], needed: set[str], piece: Piece, module: Module) -> list[ast.stmt]:
        kept: list[ast.stmt] = []
        for statement in reversed(body):
            if needed:
                kept = [*self._kept(statement, needed, piece, module), *kept]
        return kept

    def _kept(self, statement: ast.stmt, needed: set[str], piece: Piece, module: Module) -> list[ast.stmt]:
        match statement:
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                return self._assigned(statement, needed, piece, module)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) as call):
                if name in needed and method in _CHANGES and is_safe(call):
                    needed |= loaded(call)
                    return [ast.Expr(plainly(call))]
                piece.unknown |= needed & changed(statement)
            case ast.If(test=test):
                return self._branches(statement, test, needed, piece, module)
            case ast.Try(body=body) | ast.With(body=body):
                return self._block(body, needed, piece, module)
            case ast.Import() | ast.ImportFrom():
                for name, binding in imports(statement, module).items():
                    if name in needed and self._imported(self._index.resolve(binding.dotted)[0], name, piece):
                        needed.discard(name)
            case ast.For() | ast.While() | ast.Delete() | ast.Expr():  # what it makes of a name is not known
                piece.unknown |= needed & changed(statement)
        return []

    def _branches(
        self, statement: ast.If, test: ast.expr, needed: set[str], piece: Piece, module: Module
    ) -> list[ast.stmt]:
        if "__name__" in ast.unparse(test):
            return self._block(statement.body, needed, piece, module)
        unknown = set(piece.unknown)
        first, other = set(needed), set(needed)
        body, orelse = (
            self._block(part, names, piece, module)
            for part, names in ((statement.body, first), (statement.orelse, other))
        )
        if not (body or orelse):
            piece.unknown = unknown  # what is done in it is not
            return []
        if not is_safe(test) or piece.unknown > unknown:
            piece.unknown = unknown
            return []
        needed.clear()  # what both set is needed no more
        needed |= first | other | loaded(test)
        return [ast.If(plainly(test), body or [ast.Pass()], orelse)]

    def _assigned(
        self, statement: ast.Assign | ast.AnnAssign | ast.AugAssign, needed: set[str], piece: Piece, module: Module
    ) -> list[ast.stmt]:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        bound = set().union(*(names_bound(target) for target in targets))
        if statement.value is None or not bound & needed:
            return []
        whole = all(isinstance(t, (ast.Name, ast.Tuple, ast.List)) or is_own(t) for t in targets)
        value = statement.value
        if (asked := asks(value, module, self._index)) is not None:
            value = asked
        elif not self._is_safe(value, module, piece):
            if whole:
                piece.unknown |= bound & needed
                needed -= bound
            return []
        if whole and not isinstance(statement, ast.AugAssign):
            needed -= bound
        needed |= loaded(value) | set().union(*(loaded(t) for t in targets))
        if isinstance(statement, ast.AugAssign):
            return [ast.AugAssign(statement.target, statement.op, plainly(value))]
        return [ast.Assign([plainly(t) for t in targets], plainly(value), lineno=0)]

    def _parameters(self, place: Place, function: Function, needed: set[str], piece: Piece, depth: int) -> None:
        for name in sorted(needed):
            attribute = name.startswith("self.") and function.owner is not None
            if not attribute and name not in function.parameters:
                continue
            needed.discard(name)
            values = self._attribute(name, function) if attribute else self._given(name, function)
            found = next(filter(None, (self._elsewhere(*value, piece, depth) for value in values)), None)
            if (
                found is None
                and not attribute
                and (asked := namespace(function.module, name, self._index)) is not None
            ):
                found = [], asked
            if found is None:
                piece.unknown.add(name)
            else:
                named = ast.Assign([ast.Name(plain_name(name), ast.Store())], found[1], lineno=0)
                piece.statements[:0] = [*found[0], named]

    def _given(self, name: str, function: Function) -> Iterator[tuple[Place, ast.expr]]:
        """What a parameter may be: by a test's parameters, by those who call the function, by default."""
        top = Place(function.module, None, [(function.module.tree.body, len(function.module.tree.body))])
        if (first := parametrized(function.node, name)) is not None:
            yield top, first
        yield from self._callers.arguments(function, name)
        if (default := parameter_default(function.node, name)) is not None:
            yield top, default

    def _attribute(self, name: str, function: Function) -> Iterator[tuple[Place, ast.expr]]:
        for method in function.owner.methods.values() if function.owner else ():
            yield from Place.assigned(method, name)

    def _elsewhere(
        self, place: Place, value: ast.expr, piece: Piece, depth: int
    ) -> tuple[list[ast.stmt], ast.expr] | None:
        """The value of an expression in another function, and what it needs, under names of its own."""
        if (asked := asks(value, place.module, self._index)) is not None:
            return [], asked
        if not self._is_safe(value, place.module, piece):
            return None
        other = Piece(refused=piece.refused)
        self._before(place, loaded(value), other, depth + 1)
        if other.unknown:
            return None
        nodes = (n for s in other.statements for n in ast.walk(s))
        names = {
            n.id: f"{n.id}_{depth + 1}" for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        piece.imports |= other.imports
        piece.roots |= other.roots
        rename = Renamed(names).visit
        return [rename(s) for s in other.statements], rename(plainly(value))

    def _is_safe(self, value: ast.expr, module: Module, piece: Piece) -> bool:
        return is_safe(value) and not (piece.refused and piece.refused(module, value))


def _loop(body: Sequence[ast.stmt], at: int, needed: set[str]) -> list[ast.stmt]:
    """The first round of the loop that this statement is, where what we want stands in it."""
    statement = body[at] if at < len(body) else None
    if isinstance(statement, ast.For) and names_bound(statement.target) & needed and is_safe(statement.iter):
        if re.search(r"loader|data|train|epoch", ast.unparse(statement.iter)):
            return []
        needed -= names_bound(statement.target)
        needed |= loaded(statement.iter)
        first = ast.Call(
            ast.Name("next", ast.Load()), [ast.Call(ast.Name("iter", ast.Load()), [plainly(statement.iter)], [])], []
        )
        return [ast.Assign([plainly(statement.target)], first, lineno=0)]
    return []
