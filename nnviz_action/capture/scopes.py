"""Which module recorded a backward function, told by autograd's own sequence numbers."""

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from types import TracebackType
from typing import Any

from torch import nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from nnviz_action.capture.private import next_sequence_number, sequence_number
from nnviz_action.graph.values import Module

_LAST = 2**63  # gradient accumulators carry the largest number there is, and belong to their parameter


class Scopes:
    """While active, notes at which sequence number each module's forward begins and ends."""

    def __init__(self, root: nn.Module) -> None:
        names = {id(m): (name, f"{type(m).__module__}.{type(m).__qualname__}") for name, m in root.named_modules()}
        self._modules = {key: Module(*value) for key, value in names.items() if value[0]}
        self._by_path = {m.path: m for m in self._modules.values()}
        self._stack: list[tuple[Module, ...]] = [()]
        self._calls: Counter[tuple[Module, ...]] = Counter()
        self._starts: list[int] = []
        self._scopes: list[tuple[Module, ...]] = []

    def __enter__(self) -> "Scopes":
        self._hooks = [
            register_module_forward_pre_hook(self._enter),
            register_module_forward_hook(self._leave, always_call=True),
        ]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: TracebackType | None) -> None:
        for hook in self._hooks:
            hook.remove()

    def of_parameter(self, name: str) -> tuple[Module, ...]:
        """The modules, outermost first, around the parameter of this name: as they were called, if they were."""
        called = {scope[-1].path: scope for scope in reversed(self._scopes) if scope}
        path = name.strip().rpartition(".")[0]
        while path:
            if path in called:
                return called[path]
            if path in self._by_path:
                return (*self.of_parameter(path), self._by_path[path])
            path = path.rpartition(".")[0]
        return ()

    def of_function(self, function: Any) -> tuple[Module, ...]:
        """The modules, outermost first, during whose forward autograd recorded `function`."""
        number = sequence_number(function)
        index = bisect_right(self._starts, number) - 1
        return self._scopes[index] if index >= 0 and number < _LAST else ()

    def _enter(self, module: nn.Module, _: Any) -> None:
        found = self._modules.get(id(module))
        scope = self._stack[-1]
        if found is not None:
            call = self._calls[scope + (found,)]
            self._calls[scope + (found,)] += 1
            scope = (*scope, replace(found, call=call))
        self._stack.append(scope)
        self._note()

    def _leave(self, module: nn.Module, _: Any, __: Any) -> None:
        self._stack.pop()
        self._note()

    def _note(self) -> None:
        self._starts.append(next_sequence_number())
        self._scopes.append(self._stack[-1])
