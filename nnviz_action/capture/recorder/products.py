"""One way to write each product of matrices: `einsum` that is one, and weights that are turned round."""

from collections.abc import Iterable, Sequence

from nnviz_action.capture.recorder.layout import Dim, made_by
from nnviz_action.capture.recorder.meaning import settle_call
from nnviz_action.capture.recorder.values import Call, Value

_Letters = list[str]


def as_products(calls: Iterable[Call], dim: Dim) -> list[Call]:
    """The calls, those of `einsum` that multiply matrices as such; in bodies likewise."""
    found: list[Call] = []
    for call in calls:
        for body in call.bodies:
            body.calls = as_products(body.calls, dim)
        if call.op == "einsum" and call.domain == "torch" and len(call.inputs) == 2:
            _multiply(call, found, dim)
        found.append(call)
    return found


def _multiply(call: Call, calls: list[Call], dim: Dim) -> None:
    letters = _letters(call)
    wanted = _wanted(*letters) if letters else None
    if wanted is None or letters is None:
        return
    values = [
        _turned(value, [have.index(letter) for letter in want], call, calls, dim)
        for (_, value), have, want in zip(call.inputs, letters, wanted, strict=False)
    ]
    call.op, call.attributes = "matmul", []
    call.inputs = list(zip(("input", "other"), values, strict=True))


def _letters(call: Call) -> tuple[_Letters, _Letters, _Letters] | None:
    """The letters of both operands and of the result, those that an ellipsis stands for among them."""
    given, _, result = str(call.attribute("equation", "")).partition("->")
    shapes = [value.shape for value in (call.inputs[0][1], call.inputs[1][1], call.outputs[0])]
    texts = [*given.split(","), result]
    if len(texts) != len(shapes) or None in shapes:
        return None
    first, second, last = (_spread(text, len(shape or ())) for text, shape in zip(texts, shapes, strict=True))
    return first, second, last


def _spread(text: str, rank: int) -> _Letters:
    before, dots, after = text.partition("...")
    hidden = rank - len(before) - len(after) if dots else 0
    return [*before, *(f".{place}" for place in range(hidden, 0, -1)), *after]


def _wanted(first: _Letters, second: _Letters, last: _Letters) -> tuple[_Letters, _Letters] | None:
    """The orders in which both are to be multiplied; None where that is no product of matrices."""
    summed = [letter for letter in first if letter in second and letter not in last]
    shared = [letter for letter in first if letter in second and letter in last]
    rows = [letter for letter in first if letter not in second]
    columns = [letter for letter in second if letter not in first]
    if len(summed) != 1 or len(columns) != 1 or not rows:
        return None
    if len({*first}) < len(first) or len({*second}) < len(second):
        return None  # a diagonal
    if last != [*shared, *rows, *columns] or (shared and len(rows) != 1):
        return None
    if [letter for letter in second if letter in shared] != shared:
        return None
    return [*shared, *rows, *summed], [*shared, *summed, *columns]


def _turned(value: Value, order: Sequence[int], user: Call, calls: list[Call], dim: Dim) -> Value:
    """The value with its axes in this order."""
    if list(order) == sorted(order):
        return value
    call = Call("permute", "torch", [("input", value)], [("dims", tuple(order))])
    call.modules, call.line = user.modules, user.line
    sizes = tuple((value.shape or ())[axis] for axis in order)
    call.outputs.append(Value(value.dtype, sizes, call, grad=value.grad))
    there = settle_call(call, dim)
    if there is None:
        calls.append(call)
    return call.outputs[0] if there is None else there


def linear(call: Call, weights: set[int], turned: Call | None) -> None:
    """A product with a weight that is turned round is a layer's."""
    if turned is not None and turned.attribute("dims") == (1, 0) and id(turned.inputs[0][1]) in weights:
        call.op, call.inputs = "linear", [call.inputs[0], ("weight", turned.inputs[0][1])]


def with_bias(call: Call, weights: set[int]) -> tuple[Value, Value] | None:
    """Of a sum, the value and the weight that is its bias, if it is such a sum."""
    if len(call.inputs) != 2 or call.attributes:
        return None
    for (_, value), (_, bias) in (call.inputs, call.inputs[::-1]):
        if id(bias) in weights and len(bias.shape or ()) == 1 and made_by(value, call, "linear"):
            return value, bias
    return None
