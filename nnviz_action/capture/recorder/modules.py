"""Where in the tree of modules the model is: which module's forward runs, and which call of it that is."""

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any

import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from nnviz_action.capture.private import HELD, modules_of
from nnviz_action.graph.state_dict import WRAPPER, plain_path
from nnviz_action.graph.values import Module

Place = tuple[Module, ...]
DEEPEST = 4  # lists in lists in which unregistered modules are looked for


def kind_of(module: nn.Module) -> str:
    """The class with its package, as the author wrote it: a parametrised module has one of its own."""
    own = type(module)
    if nn.utils.parametrize.is_parametrized(module):
        own = own.__bases__[0]
    return f"{own.__module__}.{own.__qualname__}"


def named_modules(root: nn.Module) -> dict[str, nn.Module]:
    """The modules by path, each once; those in plain attributes and lists behind the registered ones."""
    found = {plain_path(name): module for name, module in root.named_modules()}
    return found | hidden_modules(root)


def _paths(root: nn.Module) -> dict[int, list[str]]:
    """All paths of each module, by its id: one that stands in several places is called by the nearest."""
    found: dict[int, list[str]] = {}
    for name, module in root.named_modules(remove_duplicate=False):
        found.setdefault(id(module), []).append(plain_path(name))
    return found


def hidden_modules(root: nn.Module) -> dict[str, nn.Module]:
    """The modules that are in plain lists and attributes, where torch does not know of them."""
    seen = {id(module) for module in root.modules()}
    found: dict[str, nn.Module] = {}
    for path, owner in root.named_modules():
        for name, value in [] if _is_scripted(owner) else list(vars(owner).items()):
            if name in HELD:
                continue
            for inner, module in _modules_in(value, name, 0):
                if id(module) not in seen:
                    for below, child in module.named_modules(prefix=f"{path}.{inner}" if path else inner):
                        seen.add(id(child))
                        found[plain_path(below)] = child
    return found


def _modules_in(value: Any, path: str, depth: int) -> Iterator[tuple[str, nn.Module]]:
    if isinstance(value, nn.Module):
        yield path, value
    elif isinstance(value, (list, tuple, dict)) and depth < DEEPEST:
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, item in items:
            yield from _modules_in(item, f"{path}.{key}", depth + 1)


class Scopes:
    """While active, knows the stack of modules.

    Each module's own `forward` is wrapped, not its `__call__`: what hooks do around it is not done in it, and a
    forward that is called directly counts too. A module that is made on the way has no name yet, and is known by
    hooks alone.
    """

    def __init__(self, root: nn.Module) -> None:
        self._root = root
        self._stack: list[Place] = [()]
        self._calls: Counter[tuple[Place, str]] = Counter()
        self._named = named_modules(root)
        self._paths = _paths(root)
        self._known = {id(module) for module in (root, *self._named.values()) if not _is_scripted(module)}
        self._scripted = {id(module): path for path, module in self._named.items() if path and _is_scripted(module)}
        self._forwards: list[tuple[nn.Module, Any]] = []
        self._hooks: list[Any] = []
        # A module that gives what it got, and what a module returns.
        self.passes: Callable[[nn.Module, torch.Tensor], torch.Tensor] | None = None
        self.returns: Callable[[Place, Any], None] | None = None

    @property
    def place(self) -> Place:
        """The modules around what happens now, outermost first, without the model itself."""
        return self._stack[-1]

    def __enter__(self) -> "Scopes":
        for path, module in self._named.items():
            if path and id(module) in self._known:
                self._forwards.append((module, vars(module).get("forward")))
                vars(module)["forward"] = self._wrapped(module, self._paths.get(id(module), [path]))
        self._hooks = [
            register_module_forward_pre_hook(self._enter_unknown),
            register_module_forward_hook(self._leave_unknown, always_call=True),
        ]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        for hook in self._hooks:
            hook.remove()
        for module, forward in self._forwards:
            if forward is None:
                del vars(module)["forward"]
            else:
                vars(module)["forward"] = forward

    def enter(self, path: str, kind: str) -> None:
        """What follows happens in this module, until it is left."""
        place = self._stack[-1]
        call = self._calls[place, path]
        self._calls[place, path] += 1
        self._stack.append((*place, Module(path, kind, call)))

    def leave(self) -> None:
        """Back to where it was called."""
        self._stack.pop()

    def _wrapped(self, module: nn.Module, paths: list[str]) -> Callable[..., Any]:
        forward, kind, is_leaf = module.forward, kind_of(module), not modules_of(module)

        @functools.wraps(forward)
        def scoped(*args: Any, **kwargs: Any) -> Any:
            above = f"{self.place[-1].path}." if self.place else ""
            self.enter(next((path for path in paths if path.startswith(above)), paths[0]), kind)
            try:
                result = forward(*args, **kwargs)
                if self.returns is not None and not isinstance(result, torch.Tensor):
                    self.returns(self.place, result)
                same = is_leaf and isinstance(result, torch.Tensor) and any(result is arg for arg in args)
                return self.passes(module, result) if same and self.passes is not None else result
            finally:
                self.leave()

        return scoped

    def _enter_unknown(self, module: nn.Module, _: Any) -> None:
        if id(module) in self._scripted:
            self.enter(self._scripted[id(module)], str(getattr(module, "original_name", "ScriptModule")))
        elif self._is_unknown(module):
            above = f"{self.place[-1].path}." if self.place else ""
            self.enter(f"{above}{type(module).__name__}", kind_of(module))

    def _leave_unknown(self, module: nn.Module, _: Any, __: Any) -> None:
        if id(module) in self._scripted or self._is_unknown(module):
            self.leave()

    def _is_unknown(self, module: nn.Module) -> bool:
        return id(module) not in self._known and not _is_scripted(module) and WRAPPER not in modules_of(module)


def _is_scripted(module: nn.Module) -> bool:
    return isinstance(module, torch.jit.ScriptModule)
