"""Where names lead: through imports and re-exports to the class, the function or the library that they stand for."""

import ast
from collections.abc import Iterable, Iterator

from nnviz_action.setup.init.modules import Class, External, Function, Import, Module, ModuleRef

DEEPEST = 20  # imports that lead to imports
# Classes of libraries that are modules though they are not in torch.nn.
_MODULE_BASES = frozenset({"LightningModule", "PreTrainedModel", "MultiHeadedModel", "MessagePassing"})
_LIBRARIES = ("torchvision.models.", "timm.models.", "timm.layers.", "torchvision.ops.")
Found = Class | Function | External | ModuleRef | ast.expr | None


class Index:
    """The modules of a repository, by all the names that they may be imported by."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.modules = list(modules)
        self._by_name: dict[str, Module] = {}
        self._modules: dict[Class, bool] = {}
        self.imported = {
            b.dotted.rpartition(".")[0] for m in self.modules for b in m.names.values() if isinstance(b, Import)
        }
        for module in self.modules:
            self._by_name.setdefault(module.name, module)
        for module in self.modules:
            for alias in module.aliases:
                self._by_name.setdefault(alias, module)

    def lookup(self, module: Module, name: str, depth: int = 0) -> tuple[Found, Module]:
        """What a name at the top level of a module stands for, and the module where that was found."""
        binding = module.names.get(name)
        if isinstance(binding, Import):
            return self.resolve(binding.dotted, depth + 1, module)
        if binding is not None:
            return binding, module
        for star in module.stars if depth < DEEPEST else ():
            other = self._by_name.get(star)
            found = (
                self.lookup(other, name, depth + 1) if other is not None and other is not module else (None, module)
            )
            if found[0] is not None:
                return found
        return None, module

    def resolve(self, dotted: str, depth: int = 0, asking: Module | None = None) -> tuple[Found, Module]:
        """What a dotted name stands for: something of the repository, or `External`."""
        nowhere = asking or self.modules[0]
        module = self._by_name.get(dotted)
        if depth > DEEPEST:
            return External(dotted), nowhere
        base, _, name = dotted.rpartition(".")
        owner = self._by_name.get(base) if base else None
        if owner is not None and owner is not asking:
            found = self.lookup(owner, name, depth + 1)
            if found[0] is not None and not (isinstance(found[0], External) and module):
                return found
        if module is not None and module is not asking:
            return ModuleRef(module), module
        return External(dotted), nowhere

    def bases(self, class_: Class) -> Iterator[Class | External]:
        """What a class derives from, where that can be told."""
        for node in class_.node.bases:
            found = self.named(class_.module, node)
            if isinstance(found, (Class, External)):
                yield found

    def named(self, module: Module, node: ast.expr, depth: int = 0) -> Found:
        """What a dotted expression (`nn.Module`) stands for; nothing where names stand for each other in a circle."""
        if depth > DEEPEST:
            return None
        if isinstance(node, ast.Subscript):
            node = node.value
        if isinstance(node, ast.Name):
            found = self.lookup(module, node.id)[0]
            return self.named(module, found, depth + 1) if isinstance(found, (ast.Name, ast.Attribute)) else found
        if isinstance(node, ast.Attribute):
            owner = self.named(module, node.value, depth + 1)
            if isinstance(owner, ModuleRef):
                found, where = self.lookup(owner.module, node.attr)
                return found if found is not None else self.resolve(f"{owner.module.name}.{node.attr}", 0, where)[0]
            if isinstance(owner, Class):
                found = self.method(owner, node.attr)
                return found if found is not None and found.is_of_class else None
            if isinstance(owner, External):
                return self.resolve(f"{owner.name}.{node.attr}")[0]
        return None

    def line(self, class_: Class) -> list[Class]:
        """The class and those of the repository that it inherits from, nearest first."""
        found: list[Class] = []
        waiting = [class_]
        while waiting:
            current = waiting.pop(0)
            if current not in found:
                found.append(current)
                waiting += [base for base in self.bases(current) if isinstance(base, Class)]
        return found

    def external_bases(self, class_: Class) -> list[str]:
        """The dotted names of all bases outside of the repository."""
        return [b.name for c in self.line(class_) for b in self.bases(c) if isinstance(b, External)]

    def is_module(self, class_: Class) -> bool:
        """Whether the class is a `torch.nn.Module`."""
        if class_ not in self._modules:
            self._modules[class_] = any(map(_is_module_name, self.external_bases(class_)))
        return self._modules[class_]

    def method(self, class_: Class, name: str) -> Function | None:
        """The method that a call by this name reaches."""
        return next((c.methods[name] for c in self.line(class_) if name in c.methods), None)

    def classes(self) -> Iterator[Class]:
        """All classes at the top level of modules that are no tests."""
        for module in self.modules:
            if not module.is_test:
                yield from (found for found in module.names.values() if isinstance(found, Class))

    def functions(self) -> Iterator[Function]:
        """All functions at the top level of modules that are no tests."""
        for module in self.modules:
            if not module.is_test:
                yield from (found for found in module.names.values() if isinstance(found, Function))


def _is_module_name(name: str) -> bool:
    last = name.rpartition(".")[2]
    if last in _MODULE_BASES or (last in ("Module", "Sequential") and name.startswith(("torch", "nn."))):
        return True
    return last[:1].isupper() and (name.startswith(("torch.nn.", *_LIBRARIES)) and ".functional." not in name)
