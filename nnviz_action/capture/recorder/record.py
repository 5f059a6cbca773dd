"""The author's graph of one forward pass."""

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from nnviz_action.capture.built import BufferRecipes, Built
from nnviz_action.capture.eager import unwrapped
from nnviz_action.capture.failure import reason
from nnviz_action.capture.outputs import name_tensors
from nnviz_action.capture.private import HELD, buffers_of, symbolic_kernels
from nnviz_action.capture.recorder.assemble import Assembler, live
from nnviz_action.capture.recorder.control import call_operator
from nnviz_action.capture.recorder.frames import Row, put_in_rows, rows_of
from nnviz_action.capture.recorder.fusing import fuse
from nnviz_action.capture.recorder.lines import Lines
from nnviz_action.capture.recorder.meaning import settle, standing
from nnviz_action.capture.recorder.modules import Scopes, hidden_modules
from nnviz_action.capture.recorder.origins import Origins
from nnviz_action.capture.recorder.patches import unseen_calls
from nnviz_action.capture.recorder.recorder import Recorder
from nnviz_action.capture.recorder.state_dict import state_types
from nnviz_action.capture.recorder.symbols import Sizes, refuse_unknown, symbolic_inputs
from nnviz_action.capture.recorder.values import Call, Value, tensors_of, value_of
from nnviz_action.errors import ModelError
from nnviz_action.graph.state_dict import plain_path
from nnviz_action.graph.values import Graph

COUNTER = "num_batches_tracked"  # of training steps, by which nothing is computed


@dataclass(frozen=True)
class Recording:
    """What the model does when it is called with its inputs, and what is to be told of that."""

    graph: Graph
    notes: tuple[str, ...]


@dataclass
class _Run:
    """One forward pass: what was recorded of it, and the values that matter to others."""

    recorder: Recorder
    origins: Origins
    inputs: dict[str, Value]
    outputs: dict[str, Value]
    state: list[Value]
    rows: Mapping[str, Row]
    macs: int


def record(built: Built, request: Mapping[str, Any]) -> Recording:
    """One forward pass of the model, as its author wrote it.

    Named dimensions are free where the inputs are fake; where the model cannot be run so, numbers stand in their
    place. What a model asks of values that do not exist is an error, unless the config wants no others.
    """
    module = unwrapped(built.module)
    notes: list[str] = []
    if request.get("fake") != "always":
        refuse_unknown(built)
    args, kwargs, names = symbolic_inputs(built)
    try:
        with symbolic_kernels() if names else nullcontext():
            run = _run(built, module, args, kwargs, request)
    except Exception as error:
        if not names:
            raise
        names = {}
        run = _run(built, module, built.inputs.args, built.inputs.kwargs, request)
        notes.append(f"named dimensions as numbers: {reason(error)}")
    sizes = Sizes(names, built.mode.shape_env if built.mode is not None else None)
    graph = _graph(run, sizes, built.recipes)
    notes += [f"the dimension {name} works for size {size} only" for name, size in sizes.fixed()]
    graph = replace(graph, sizes=dict(request["dims"]), unused=_unused(module, graph, run))
    state, tied = state_types(built.module)
    graph = replace(graph, state=state, tied=tied, training=module.training)
    return Recording(graph, tuple(notes + _notes(run, module, graph)))


def _run(built: Built, module: nn.Module, args: Any, kwargs: Any, request: Mapping[str, Any]) -> _Run:
    lines = Lines(str(request.get("root") or request["folder"]))
    scopes, origins = Scopes(module), Origins(module, lines, built.replaced)
    recorder = Recorder(scopes, origins, lines, call_operator)
    inputs = _named_inputs(module, args, kwargs)
    values = {name: value_of(tensor, source=name) for name, tensor in inputs.items()}
    for name, tensor in inputs.items():
        recorder.values.name(tensor, values[name])
    with ExitStack() as stack:
        for context in (built.active(dynamo=False), scopes, unseen_calls(recorder), recorder):
            stack.enter_context(context)
        result = module(*args, **kwargs)
    found = name_tensors(result)
    if not found:
        raise ModelError("the model returns no tensor", hint="its forward must return at least one tensor")
    outputs = {name: recorder.values.of(tensor) for name, tensor in found.items()}
    macs = sum(call.macs for call in recorder.calls)
    return _Run(recorder, origins, values, outputs, _state(module, recorder, origins), rows_of(module), macs)


def _named_inputs(module: nn.Module, args: Any, kwargs: Any) -> dict[str, torch.Tensor]:
    """The tensors that forward is given, by its parameter and the path in it; each once, by its first name."""
    try:
        given: dict[str, Any] = dict(signature(module.forward).bind(*args, **kwargs).arguments)
        given |= given.pop("kwargs", {}) if isinstance(given.get("kwargs"), dict) else {}
    except (TypeError, ValueError):
        given = {f"input{place}" if place else "input": value for place, value in enumerate(args)} | dict(kwargs)
    named: dict[str, torch.Tensor] = {}
    seen: set[int] = set()
    for name, tensor in name_tensors(given).items():
        if id(tensor) not in seen:
            seen.add(id(tensor))
            named[name] = tensor
    return named


def _state(module: nn.Module, recorder: Recorder, origins: Origins) -> list[Value]:
    """What the forward pass left in the model: buffers that it wrote to, tensors that it put into attributes."""
    kept = []
    for name, value in list(origins.values.items()):
        if name.endswith(COUNTER):
            continue
        while value.newer is not None:
            value = value.newer
        if value.maker is not None:
            kept.append(value)
    for owner in module.modules():
        for name, held in (*vars(owner).items(), *buffers_of(owner).items()):
            if name in (COUNTER, *HELD):
                continue
            found = (recorder.values.known(tensor) for tensor in tensors_of(held))
            kept += [recorder.values.current(v) for v in found if v is not None and v.maker is not None]
    return kept


def _graph(run: _Run, sizes: Sizes, recipes: BufferRecipes | None) -> Graph:
    stands: dict[int, Value] = {}
    calls = settle(run.recorder.calls, sizes.of, stands)
    outputs = _made(calls, dict(zip(run.outputs, standing(run.outputs.values(), stands), strict=True)))
    wanted = [*outputs.values(), *standing(run.state, stands)]
    calls = live(fuse(live(calls, wanted), wanted, run.origins.values.values(), sizes.of), wanted)
    _drop_unread(calls, outputs)
    put_in_rows(calls, run.rows)
    return Assembler(sizes.of, run.origins.used, recipes).graph(run.inputs, outputs, calls)


def _made(calls: list[Call], outputs: Mapping[str, Value]) -> dict[str, Value]:
    """The outputs, each of a call of its own: what is an input, or an output already, passes through `identity`."""
    made: dict[str, Value] = {}
    for name, value in outputs.items():
        if value.source or any(value is other for other in made.values()):
            call = Call("identity", "torch", [("input", value)], [])
            value = Value(value.dtype, value.shape, call)
            call.outputs.append(value)
            calls.append(call)
        made[name] = value
    return made


def _drop_unread(calls: list[Call], outputs: Mapping[str, Value]) -> None:
    """Versions of written values that nothing reads later are no results, unless a call has no other."""
    read = {id(value) for value in outputs.values()}
    todo = list(calls)
    for call in todo:
        read.update(id(value) for _, value in call.inputs)
        for body in call.bodies:
            todo += body.calls
            read.update(map(id, body.outputs))
    for call in todo:
        later = [(before, after) for before, after in call.written if id(after) in read]
        call.written = later if later or call.outputs else call.written[:1]


def _unused(module: nn.Module, graph: Graph, run: _Run) -> dict[str, int]:
    """What of the model leads to no result: parameters by kind, their bytes, and the work of calls."""
    unused: Counter[str] = Counter()
    for name, parameter in module.named_parameters():
        if plain_path(name) not in graph.weights and not is_lazy(parameter):  # which has no size, and never ran
            unused["parameter" if parameter.requires_grad else "frozen"] += parameter.numel()
            unused["bytes"] += parameter.numel() * parameter.element_size()
    unused["macs"] = run.macs - sum(node.macs for node in graph.nodes)
    return {kind: count for kind, count in sorted(unused.items()) if count > 0}


def _notes(run: _Run, module: nn.Module, graph: Graph) -> list[str]:
    notes = []
    if run.recorder.reads:
        notes.append("the picture follows the path of the example inputs: the code asks for values")
    hidden = [name for name, found in hidden_modules(module).items() if not any(found.children())]
    if hidden:
        are = "layer is" if len(hidden) == 1 else "layers are"
        notes.append(f"{len(hidden)} {are} in a plain list or attribute, where torch does not see them: {hidden[0]}")
    scripted = sorted({node.op for node in graph.walk() if node.domain == "script"})
    if scripted:
        notes.append(f"scripted, and so one box: {', '.join(scripted)}")
    return notes
