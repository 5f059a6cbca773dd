"""A model in at most fourteen boxes."""

from pathlib import Path

import pytest
from graphs import row
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz_action.drawing import forward
from nnviz_action.drawing.boxes import Arrow, Box, Drawing
from nnviz_action.drawing.overview import MOST, overview, shortened, without_constants
from nnviz_action.graph.graph_file import parse_graph_file
from nnviz_action.graph.numbers import Numbers
from nnviz_action.graph.values import Module

KINDS = {"Conv2d": "convolution", "Linear": "linear", "BatchNorm2d": "normalisation", "ReLU": "activation"}
KINDS |= {"MaxPool2d": "pooling", "Embedding": "embedding", "MultiheadAttention": "attention"}


def scopes(path: str) -> tuple[Module, ...]:
    """`layer1:Sequential/0:Bottleneck`: modules with their classes from the outermost on."""
    found: tuple[Module, ...] = ()
    for part in filter(None, path.split("/")):
        name, _, kind = part.partition(":")
        found = (*found, Module(f"{found[-1].path}.{name}" if found else name, kind))
    return found


def layer(path: str, weights: int = 0, rows: tuple[str, ...] = ()) -> Box:
    """`layer1:Sequential/0:Bottleneck/conv:Conv2d`; what has no class is a function, in `rows` its words."""
    around, _, last = path.rpartition("/")
    title, _, kind = last.partition(":")
    sort = KINDS.get(kind, "arithmetic" if title in ("add", "mul") else "shape")
    return Box(f"b {path}", title, sort, kind, rows, scopes(around), Numbers(weights, 10 * weights))


def net(*paths: str, ends: bool = True) -> Drawing:
    """A chain from `x` to `y`: `conv:Conv2d 90` has 90 parameters."""
    given = (path.partition(" ")[::2] for path in paths)
    boxes = [layer(path, int(weights or 0)) for path, weights in given]
    return row(Box("in x", "x", "io"), *boxes, Box("out y", "y", "io")) if ends else row(*boxes)


def stages(drawing: Drawing, most: int = MOST) -> list[str]:
    return [f"{box.title}: {box.subtitle}" for box in overview(shortened(drawing), most).boxes if box.kind != "io"]


def block(name: str, weights: int) -> list[str]:
    """Two convolutions: no two blocks of one width are to be told apart."""
    return [f"{name}:Bottleneck/conv1:Conv2d {weights}", f"{name}:Bottleneck/conv2:Conv2d {weights}"]


RESNET = net(
    "conv1:Conv2d 9", "bn1:BatchNorm2d 2", "relu:ReLU", "maxpool:MaxPool2d",
    *block("layer1:Sequential/0", 20), *block("layer1:Sequential/1", 30),
    *block("layer2:Sequential/0", 40), *block("layer2:Sequential/1", 60),
    *block("layer3:Sequential/0", 20), *block("layer3:Sequential/1", 30),
    "avgpool:MaxPool2d", "flatten", "fc:Linear 15",
)  # fmt: skip


def test_layers_before_and_behind_the_stages_are_stem_and_head() -> None:
    assert stages(RESNET) == [
        "stem: Conv2d · BN · ReLU · MaxPool",
        "layer1: Bottleneck ×2",
        "layer2: Bottleneck ×2",
        "layer3: Bottleneck ×2",
        "head: MaxPool · Linear",
    ]


def test_a_stage_says_its_share_and_nothing_where_it_has_none() -> None:
    boxes = {box.title: box for box in overview(shortened(RESNET)).boxes}
    assert boxes["layer2"].rows == ("47 % of parameters", "47 % of MACs")
    assert boxes["stem"].kind == "convolution" and boxes["layer1"].kind == "module"
    assert boxes["x"].rows == ()
    alone = overview(shortened(net("relu:ReLU"))).boxes
    assert [box.rows for box in alone] == [(), (), ()]


def test_nothing_of_the_model_is_lost() -> None:
    assert overview(shortened(RESNET)).numbers == RESNET.numbers


def test_repeated_blocks_are_a_frame_that_shows_what_repeats() -> None:
    blocks = [p for i in range(12) for p in (f"layers:E/{i}:Block/attn:MultiheadAttention 40", f"layers:E/{i}:Block/fc:Linear 60")]  # fmt: skip
    found = overview(shortened(net("embed:Embedding 9", *blocks, "head:Linear 9")))
    assert [(box.title, [m.times for m in box.modules]) for box in found.boxes[1:-1]] == [
        ("embed", []), ("attn", ["×12"]), ("fc", ["×12"]), ("head", []),
    ]  # fmt: skip
    assert {box.modules[0].title for box in found.boxes if box.modules} == {"0 … 11"}


def test_blocks_of_one_class_that_do_not_fit_are_put_together() -> None:
    blocks = [p for i in range(20) for p in block(f"features:Sequential/{i}", 10 + i)]
    found = overview(shortened(net("stem:Conv2d 3", *blocks, "fc:Linear 9")))
    assert [box.title for box in found.boxes] == ["x", "stem", "conv1", "conv2", "fc", "y"]
    (frame,) = found.boxes[2].modules
    assert (frame.title, frame.short_kind, frame.times) == ("0 … 19", "Bottleneck", "×20")
    assert found.boxes[2].numbers.parameters == sum(range(10, 30))


def test_layers_that_are_the_whole_model_stay_apart() -> None:
    found = stages(net("fc1:Linear 8", "relu:ReLU", "fc2:Linear 64"))
    assert found == ["fc1: Linear · ReLU", "fc2: Linear"]


def test_modules_open_while_there_is_room() -> None:
    wrapped = [f"net:Net/{path}" for i in range(3) for path in block(f"stage{i}:Sequential/0", 10 * i + 10)]
    assert [text.partition(":")[0] for text in stages(net(*wrapped))] == ["stage0", "stage1", "stage2"]


def test_equal_names_are_told_apart_by_what_is_around_them() -> None:
    both = [f"{side}:Side{side}/body:Body/{fc}:Linear {n}" for side in "ab" for fc, n in (("1", 30), ("2", 40), ("3", 50), ("4", 60))]  # fmt: skip
    names = [text.partition(":")[0] for text in stages(net(*both))]
    assert len(set(names)) == len(names)


def test_what_is_the_same_for_all_inputs_is_left_out_but_no_input() -> None:
    ids, mask = Box("in ids", "ids", "io"), Box("in mask", "mask", "io")
    boxes = (
        ids, mask, layer("arange"), layer("gt"), layer("embed:Embedding", 9), layer("fc:Linear", 9), Box("out y", "y", "io")
    )  # fmt: skip
    arrows = (
        Arrow("in ids", "b embed:Embedding", "2×4 i64"), Arrow("in mask", "b gt", "2×4 i64"), Arrow("b arange", "b gt", "4 i64"),
        Arrow("b gt", "b fc:Linear", "2×4 bool"),
        Arrow("b embed:Embedding", "b fc:Linear", "2×4 f32"), Arrow("b fc:Linear", "out y", "2×4 f32"),
    )  # fmt: skip
    plain = without_constants(Drawing(boxes, arrows))
    assert [box.title for box in plain.boxes] == ["ids", "mask", "gt", "embed", "fc", "y"]
    assert [box.title for box in overview(plain).boxes] == ["ids", "mask", "embed", "fc", "y"]


def test_a_model_of_steps_alone_is_shown_nevertheless() -> None:
    steps = Drawing(
        (Box("in x", "x", "io"), layer("gt"), Box("out y", "y", "io")),
        (Arrow("in x", "b gt", "2×4 i64"), Arrow("b gt", "out y", "2×4 bool")),
    )
    assert [box.title for box in overview(shortened(steps)).boxes] == ["x", "gt", "y"]


def test_something_small_that_goes_everywhere_is_shown_once() -> None:
    blocks = [layer(f"s{i}:Stage{i}/{fc}:Linear", 100 + i) for i in range(4) for fc in "ab"]
    main = row(Box("in x", "x", "io"), *blocks, Box("out y", "y", "io"))
    time = layer("time:Embedding", 1)
    arrows = (Arrow("in t", time.key, "1 i64"), *(Arrow(time.key, box.key, "2×4 f32") for box in blocks[::2]))
    found = overview(shortened(Drawing((Box("in t", "t", "io"), time, *main.boxes), (*main.arrows, *arrows))))
    side = next(box for box in found.boxes if box.title == "time")
    assert len(found.leaving(side.key)) == 1 and side.rows[-1] == "and to 3 others"


def test_inputs_and_outputs_are_told_by_name_as_far_as_there_is_room() -> None:
    count = 12
    heads = [layer(f"head{i}:Linear", 9 + i) for i in range(count)]
    ends = [Box(f"{way} {i}", f"{way}{i}", "io") for way in ("in", "out") for i in range(count)]
    arrows = [Arrow(f"in {i}", "b cat", "2×4 f32") for i in range(count)]
    arrows += [Arrow("b cat", head.key, "2×48 f32") for head in heads]
    arrows += [Arrow(head.key, f"out {i}", f"2×{i} f32") for i, head in enumerate(heads)]
    boxes = (*ends[:count], layer("cat"), *heads, *ends[count:])
    found = overview(shortened(Drawing(boxes, tuple(arrows))))
    assert [box.title for box in found.boxes if box.kind == "io"] == [
        "in0, in1, in2, in3, in4, in5, in6, in7, 4 more", "out0, out1, out2, out3, out4, out5, out6, 5 more",
    ]  # fmt: skip


@pytest.mark.parametrize("most", [3, 8, MOST])
def test_a_thousand_boxes_in_a_row_fit(most: int) -> None:
    flat = net(*(f"fc{i}:Linear {i + 1}" for i in range(1000)))
    assert 2 < len(overview(shortened(flat), most).boxes) <= most


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_drawing_fits_and_no_arrow_goes_back(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 40))
    paths = [
        f"m{data.draw(st.integers(0, 5))}:M/" * data.draw(st.integers(0, 1)) + f"l{i}:Linear" for i in range(count)
    ]
    boxes = [layer(path, data.draw(st.integers(0, 9))) for path in paths]
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).map(sorted)
    pairs = data.draw(st.lists(ends.filter(lambda pair: pair[0] != pair[1]), max_size=80))
    arrows = dict.fromkeys(Arrow(boxes[a].key, boxes[b].key, "2×4 f32") for a, b in pairs)
    found = overview(shortened(Drawing(tuple(boxes), tuple(arrows))))
    places = {box.key: place for place, box in enumerate(found.boxes)}
    assert 1 <= len(found.boxes) <= MOST and len(places) == len(found.boxes)
    assert found.numbers == sum((box.numbers for box in boxes), Numbers())
    back = [arrow for arrow in found.arrows if places[arrow.source] >= places[arrow.target]]
    scattered = len({box.modules for box in boxes}) > 1  # a module that is entered again holds what comes before it
    assert scattered or not back


def test_a_module_alone_goes_by_its_class_where_rows_of_that_class_do() -> None:
    """A MobileNet's `features.7` stands alone, as it gives another size than its neighbours of one class."""
    path = Path(__file__).parents[2] / "examples" / "diagrams" / "mobilenet_v3_small" / "graph.json"
    found = stages(forward.draw(parse_graph_file(path.read_bytes(), path.name)))
    assert "features.7: InvertedResidual" in found and "features.9 … 11: InvertedResidual ×3" in found
