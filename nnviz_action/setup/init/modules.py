"""Python files as what they define: classes, functions, imports, constants; and the name each is imported by."""

import ast
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from nnviz_action.setup.init.files import is_test

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(eq=False)
class Module:
    """A file. `name` is what it is imported by, from the folder `root`; it may have others (`aliases`)."""

    path: str
    tree: ast.Module
    name: str = ""
    root: str = "."
    aliases: tuple[str, ...] = ()
    names: dict[str, "Binding"] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    relative: bool = False  # whether it imports by dots
    text: str = ""
    runs: bool | None = None  # whether an import of it does work, once that was asked

    @property
    def package(self) -> str:
        """What a relative import counts from."""
        return self.name if self.path.endswith("__init__.py") else self.name.rpartition(".")[0]

    @property
    def is_test(self) -> bool:
        """Whether it only shows how models are used."""
        return is_test(self.path) or not self.path.endswith(".py")


@dataclass(eq=False)
class Class:
    """A class statement."""

    name: str
    node: ast.ClassDef
    module: Module

    def __post_init__(self) -> None:
        self.methods = {
            child.name: Function(child.name, child, self.module, self)
            for child in self.node.body
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
        }


@dataclass(eq=False)
class Function:
    """A function or a method."""

    name: str
    node: FunctionNode
    module: Module
    owner: Class | None = None

    @property
    def is_of_class(self) -> bool:
        """Whether it is called on the class: a classmethod."""
        return any(ast.unparse(mark) == "classmethod" for mark in self.node.decorator_list)

    @property
    def parameters(self) -> list[str]:
        """Their names, in order."""
        arguments = self.node.args
        return [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


@dataclass(frozen=True)
class Import:
    """A name that stands for something elsewhere."""

    dotted: str


@dataclass(frozen=True)
class External:
    """Something of a library, by its dotted name."""

    name: str


@dataclass(frozen=True)
class ModuleRef:
    """A module of the repository itself."""

    module: Module


Binding = Class | Function | Import | ast.expr


def read_modules(folder: Path, paths: Iterable[str]) -> list[Module]:
    """The modules of the Python files that parse."""
    names = [path for path in paths if path.endswith(".py")]
    packages = {str(PurePosixPath(path).parent) for path in names if path.endswith("__init__.py")} - {"."}
    found = []
    for path in names:
        text = (folder / path).read_bytes()
        tree = parse(text)
        if tree is not None:
            found.append(_named(Module(path, tree, text=text.decode(errors="replace")), packages))
    return found


def parse(text: bytes | str) -> ast.Module | None:
    """The syntax tree; None where this is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in the user's strings
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _named(module: Module, packages: set[str]) -> Module:
    """With the names that it may be imported by: the outermost package around it tells, else its own folder."""
    path = PurePosixPath(module.path)
    around = [str(folder) for folder in path.parents if str(folder) in packages]
    root = PurePosixPath(around[-1]).parent if around else path.parent
    module.root = str(root)
    module.name = _dotted(path.relative_to(root))
    module.aliases = tuple(_dotted(path.relative_to(base)) for base in path.parents if base != root)
    bind(module)
    return module


def _dotted(path: PurePosixPath) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def bind(module: Module) -> None:
    """Enter what the module defines at its top level, also under `if` and `try`."""
    for statement in statements(module.tree.body):
        match statement:
            case ast.ClassDef():
                module.names[statement.name] = Class(statement.name, statement, module)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                module.names[statement.name] = Function(statement.name, statement, module)
            case ast.Import() | ast.ImportFrom():
                module.names.update(imports(statement, module))
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if not (isinstance(value, ast.Name) and value.id == name):  # it stays what it was
                    module.names[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                module.names[name] = value


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Those of a body, in order, and those nested in `if`, `try` and `with`."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
            continue  # not there for who imports the file
        for part in ("body", "orelse", "finalbody"):
            if isinstance(statement, (ast.If, ast.Try, ast.With)):
                yield from statements(getattr(statement, part, ()))
        if isinstance(statement, ast.Try):
            for handler in statement.handlers:
                yield from (s for s in statements(handler.body) if not isinstance(s, (ast.Import, ast.ImportFrom)))


def imports(statement: ast.Import | ast.ImportFrom, module: Module) -> Mapping[str, Import]:
    """The names that an import binds; a star is noted in the module."""
    if isinstance(statement, ast.Import):
        return {a.asname or a.name.partition(".")[0]: Import(a.name if a.asname else a.name.partition(".")[0])
                for a in statement.names}  # fmt: skip
    base = statement.module or ""
    if statement.level:
        module.relative = True
        parts = module.package.split(".") if module.package else []
        above = parts[: len(parts) - statement.level + 1]
        base = ".".join([*above, *([statement.module] if statement.module else [])])
    found = {}
    for alias in statement.names:
        if alias.name == "*":
            module.stars.append(base)
        else:
            found[alias.asname or alias.name] = Import(f"{base}.{alias.name}" if base else alias.name)
    return found
