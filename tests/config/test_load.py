"""Configs: what they mean, and what is said of those that cannot be."""

from pathlib import Path

import pytest

from nnviz_action.config import Config, read_document
from nnviz_action.config.load import load_config
from nnviz_action.config.schema import json_schema
from nnviz_action.errors import ConfigError

ONE = "models:\n  net:\n    model: net:Net\n    inputs: [[1, 3, 8, 8]]\n"


def load(folder: Path, text: str) -> Config:
    (folder / ".git").mkdir(exist_ok=True)
    (folder / "nnviz.yaml").write_text(text, encoding="utf-8")
    return load_config(read_document(folder / "nnviz.yaml"))


def problems(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_defaults(tmp_path: Path) -> None:
    (spec,) = load(tmp_path, ONE).models
    assert spec.folder == tmp_path / "diagrams" / "net"
    assert spec.views == ("overview", "forward", "autograd")
    assert spec.mode == {"forward": "eval", "autograd": "train"}
    assert (spec.opset, spec.weights, spec.fake, spec.pythonpath) == (20, "none", "auto", (".",))
    assert spec.inputs == {
        "kind": "positional",
        "items": [{"kind": "tensor", "shape": [1, 3, 8, 8], "dtype": "float32"}],
    }


def test_a_picture_is_drawn_plainly_unless_asked_otherwise(tmp_path: Path) -> None:
    (spec,) = load(tmp_path, ONE).models
    assert spec.picture == {
        "detail": "modules", "max_nodes": 60, "depth": None, "expand": [], "collapse": [], "focus": [],
        "formats": ["png"], "theme": "light",
    }  # fmt: skip
    (asked,) = load(tmp_path, "defaults: {theme: both, depth: 2}\n" + ONE + "    depth: 0\n").models
    assert asked.picture == spec.picture | {"theme": "both", "depth": 0}
    (turned,) = load(tmp_path, "defaults: {direction: right, color: macs}\n" + ONE + "    color: kind\n").models
    assert turned.picture == spec.picture | {"direction": "right"}


@pytest.mark.parametrize(
    "option",
    ["detail: operators", "max_nodes: 61", "depth: 1", "expand: [layer4.*]", "collapse: [layer4.*]", "focus: [layer4]",
     "formats: [png, svg]", "theme: dark", "direction: right", "direction: down",
     "color: macs"],
)  # fmt: skip
def test_how_a_picture_is_drawn_is_part_of_the_entry(option: str, tmp_path: Path) -> None:
    (plain,) = load(tmp_path, ONE).models
    (asked,) = load(tmp_path, ONE + f"    {option}\n").models
    assert plain.entry() != asked.entry()


def test_defaults_for_all_models_are_merged_by_section(tmp_path: Path) -> None:
    text = "defaults: {opset: 18, autograd: {show_attrs: true}, dims: {n: 3}}\n" + ONE
    (spec,) = load(tmp_path, text + "    autograd: {show_saved: true}\n").models
    assert spec.opset == 18
    assert spec.autograd == {"show_attrs": True, "show_saved": True, "max_attr_chars": 50}


def test_named_dims_get_an_example_size(tmp_path: Path) -> None:
    text = ONE.replace("[[1, 3, 8, 8]]", "{x: [batch, 3], y: [{shape: [length]}, {z: [batch]}]}")
    (spec,) = load(tmp_path, text + "    dims: {length: 7}\n").models
    assert spec.dims == {"batch": 2, "length": 7}
    assert spec.inputs["items"]["y"]["items"][1]["kind"] == "mapping"


def test_merge_keys_and_anchors(tmp_path: Path) -> None:
    text = "models:\n  a: &a {model: 'n:A', inputs: [[1]]}\n  b: {<<: *a, model: 'n:B'}\n"
    first, second = load(tmp_path, text).models
    assert (first.model, second.model, second.inputs) == ("n:A", "n:B", first.inputs)


def test_the_entry_is_what_it_means_not_how_it_is_spelled(tmp_path: Path) -> None:
    (plain,) = load(tmp_path, ONE).models
    (spelled,) = load(tmp_path, ONE + "    opset: 20\n    mode: {forward: eval}\n    timeout: 9\n").models
    (other,) = load(tmp_path, ONE + "    opset: 18\n").models
    assert plain.entry() == spelled.entry() != other.entry()
    assert plain.written != spelled.written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE + "    opsett: 18\n", ["nnviz.yaml:5:5: unknown key 'opsett'", "did you mean 'opset'?"]),
        ("modles: {}\n", ["nnviz.yaml:1:1: unknown key 'modles'", "did you mean 'models'?"]),
        ("opset: 18\n" + ONE, ["nnviz.yaml:1:1: unknown key 'opset'", "put it under  defaults:"]),
        (ONE + "    model: net:Other\n", ["nnviz.yaml:5:5: the key 'model' stands here twice", "the first is in line 3"]),
        (ONE + "  net:\n    model: a:B\n    inputs: [[1]]\n", ["nnviz.yaml:5:3: the key 'net' stands here twice"]),
        (ONE + "    opset: new\n", ["nnviz.yaml:5:5: models.net.opset: input should be a valid integer"]),
        (ONE + "    opset: 99\n", ["nnviz.yaml:5:5: models.net.opset: input should be less than or equal to 30"]),
        (ONE + "    opset: 17\n", ["nnviz.yaml:5:5: models.net.opset: input should be greater than or equal to 18"]),
        (ONE + "    opset: 17\n", ["nnviz.yaml:5:5: models.net.opset: input should be greater than or equal to 18"]),
        (ONE + "    views: [front]\n", ["nnviz.yaml:5:13: models.net.views.0: input should be 'overview', 'forward' or 'autograd'"]),
        (ONE + "    mode: evil\n", ["nnviz.yaml:5:5: models.net.mode"]),
        (ONE + "    autograd: {show_atrs: true}\n", ["nnviz.yaml:5:16: unknown key 'show_atrs'", "did you mean 'show_attrs'?"]),
        (ONE + "    detail: layers\n", ["nnviz.yaml:5:5: models.net.detail: input should be 'modules' or 'operators'"]),
        (ONE + "    max_nodes: 7\n", ["nnviz.yaml:5:5: models.net.max_nodes: input should be greater than or equal to 8"]),
        (ONE + "    depth: -1\n", ["nnviz.yaml:5:5: models.net.depth: input should be greater than or equal to 0"]),
        (ONE + "    expand: layer4\n", ["nnviz.yaml:5:5: models.net.expand: a list is wanted, not 'layer4'", "in brackets:  expand: [layer4]"]),
        (ONE + "    collapse: [4]\n", ["nnviz.yaml:5:16: models.net.collapse.0: input should be a valid string"]),
        (ONE + "    focus: {layer4: true}\n", ["nnviz.yaml:5:5: models.net.focus: a list is wanted, not", "in brackets:  focus: […]"]),
        (ONE + "    formats: []\n", ["nnviz.yaml:5:5: models.net.formats: the list is empty", "formats: [png]  is what counts where nothing is said"]),
        (ONE + "    views: []\n", ["nnviz.yaml:5:5: models.net.views: the list is empty", "views: [overview, forward, autograd]  is what counts"]),
        (ONE + "    formats: svg\n", ["models.net.formats: a list is wanted, not 'svg'", "in brackets:  formats: [svg]"]),
        (ONE + "    views: [autograd]\n    color: macs\n", ["nnviz.yaml:6:5: model 'net': color: macs is of the forward graph", "views: [forward, autograd]"]),
        (ONE + "    views: [overview]\n    focus: [a]\n", ["nnviz.yaml:6:5: model 'net': focus: is for parts of the forward picture", "views: [overview, forward]"]),
        (ONE + "    formats: [jpg]\n", ["nnviz.yaml:5:15: models.net.formats.0: input should be 'png' or 'svg'"]),
        (ONE + "    theme: gray\n", ["nnviz.yaml:5:5: models.net.theme: input should be 'light', 'dark' or 'both'"]),
        (ONE + "    direction: up\n", ["nnviz.yaml:5:5: models.net.direction: input should be 'down' or 'right'"]),
        (ONE + "    color: flops\n", ["nnviz.yaml:5:5: models.net.color: input should be 'kind', 'parameters', 'macs' or 'activations'"]),
        (ONE + "    colour: macs\n", ["nnviz.yaml:5:5: unknown key 'colour'", "did you mean 'color'?"]),
        (ONE + "    themes: dark\n", ["nnviz.yaml:5:5: unknown key 'themes'", "did you mean 'theme'?"]),
        ("models:\n  net: {model: net:Net}\n", ["nnviz.yaml:2:3: model 'net': it has no inputs", "inputs: [[1, 3, 224, 224]]"]),
        ("models:\n  net: {inputs: [[1]]}\n", ["model 'net': exactly one of  model:  and  onnx:  is wanted"]),
        ("models:\n  net: {model: Net, inputs: [[1]]}\n", ["nnviz.yaml:2:9: model 'net': 'Net' names no model"]),
        ("models:\n  net: {model: 'n:N', inputs: {x: {}}}\n", ["nnviz.yaml:2:32: model 'net': input 'x' has no shape", "write  x: [1, 3, 224, 224]"]),
        ("models:\n  net: {model: 'n:N', inputs: {x: {dtype: int64}}}\n", ["input 'x' has no shape"]),
        ("models:\n  net: {model: 'n:N', inputs: [1, 3, 8]}\n", ["this is one shape", "write [[1, 3, 8]]"]),
        ("models:\n  net: {model: 'n:N', inputs: [{shape: [1], dtyp: x}]}\n", ["unknown key 'dtyp'"]),
        ("models:\n  net: {model: 'n:N', inputs: [[1, -3]]}\n", ["nnviz.yaml:2:32: model 'net': [1, -3] is no shape"]),
        ("models:\n  net: {modle: n}\n", ["unknown key 'modle'", "did you mean 'model'?"]),
        ("models:\n  net:\n", ["nnviz.yaml:2:3: models.net: a mapping of keys is wanted"]),
        (ONE + "    dims: {q: 3}\n", ["nnviz.yaml:5:12: model 'net': no input has a dimension 'q'"]),
        (ONE + "    dims: {q: 1}\n", ["greater than or equal to 2"]),
        (ONE + "    kwargs: {d: 2020-01-01}\n", ["nnviz.yaml:5:5: model 'net': kwargs: object of type date is not JSON serializable", "put quotes around it"]),
        (ONE + "    kwargs: {1: 2}\n", ["nnviz.yaml:5:14: the key 1 is no text", "'1'"]),
        (ONE + "    sources: [/etc/*]\n", ["nnviz.yaml:5:15: model 'net': '/etc/*' is no pattern"]),
        ("models:\n  net: {onnx: diagrams/net/model.onnx}\n", ["nnviz.yaml:2:9: model 'net': the diagram would overwrite this file"]),
        ("models:\n  net: {model: 'n:N', inputs: words}\n", ["names no function", "package.module:function"]),
        (ONE.replace("  net:", "  com¹:"), ["'com¹' is no name that every file system takes for a folder"]),
        (ONE.replace("  net:", "  ../net:"), ["nnviz.yaml:2:3: model '../net': '../net' is no name that every file system takes for a folder"]),
        (ONE.replace("  net:", "  CON:"), ["'CON' is no name that every", "Windows keeps this name for a device"]),
        (ONE.replace("  net:", "  aux.txt:"), ["'aux.txt' is no name that every", "Windows keeps this name for a device"]),
        (ONE.replace("  net:", "  net.:"), ["'net.' is no name that every", "no dot at the end of a name"]),
        (ONE.replace("  net:", "  'net ':"), ["'net ' is no name that every", "no blank and no dot at the end"]),
        (ONE.replace("  net:", f"  {'n' * 101}:"), ["is no name that every", "a hundred at most"]),
        (ONE + "    output: docs/aux\n", ["nnviz.yaml:5:5: model 'net': the output 'docs/aux' is no folder on some systems", "Windows keeps"]),
        (ONE + "    output: docs./net\n", ["the output 'docs./net' is no folder on some systems", "no dot at the end"]),
        (ONE + "    output: 'a:b'\n", ["the output 'a:b' is no folder on some systems", "Windows forbids them"]),
        (ONE + "    output: docs\\pics\n", [r"the output 'docs\\pics' is no folder on some systems", "write  docs/pics"]),
        (ONE + "    pythonpath: [., src\\a]\n", [r"nnviz.yaml:5:21: model 'net': 'src\\a' has backslashes", "write  src/a"]),
        (ONE + "    sources: ['data\\*.json']\n", ["has backslashes", "write  data/*.json"]),
        (ONE.replace("net:Net", "src\\net.py:Net"), ["nnviz.yaml:3:5: ", "has backslashes", "write  src/net.py:Net"]),
        ("models:\n  x: {onnx: exported\\x.onnx}\n", ["nnviz.yaml:2:7: ", "has backslashes", "write  exported/x.onnx"]),
        (ONE.replace("  net:", "  'a:b':"), ["'a:b' is no name that every"]),
        (ONE + "    output: ../../elsewhere\n", ["nnviz.yaml:5:5: model 'net': the output '../../elsewhere' lies outside the repository"]),
        (ONE + "    output: /tmp\n", ["lies outside the repository"]),
        (ONE + "  Net:\n    model: net:Net\n    inputs: [[1]]\n", ["nnviz.yaml:5:3: models 'net' and 'Net' write to one folder"]),
        (ONE + "  other: {model: 'n:N', inputs: [[1]], output: Diagrams}\n", ["nnviz.yaml:5:40: model 'other': the output 'Diagrams' is 'diagrams' where case does not count"]),
        (ONE + "  sub: {model: 'n:N', inputs: [[1]], output: diagrams/net}\n", ["write to one folder"]),
        ("models:\n  x: {onnx: a.onnx, views: [autograd]}\n", ["an ONNX file has no autograd graph"]),
        ("models: {}\n", ["nnviz.yaml:1:1: models: there is none"]),
        ("", ["nnviz.yaml:1:1: this is no mapping"]),
        ("- a\n", ["this is no mapping"]),
        ("models: [\n", ["nnviz.yaml:2:1: ", "not valid YAML"]),
        ("models: {a: *nowhere}\n", ["nnviz.yaml:1:13"]),
        ("a: &a [*a]\n", ["nnviz.yaml:1:"]),
        ("models:\n\tnet: 1\n", ["nnviz.yaml:2:1"]),
        ("x: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(f"x{i}: &{c} [*{p},*{p},*{p},*{p},*{p},*{p},*{p},*{p},*{p}]\n" for i, (p, c) in enumerate(zip("abcdefg", "bcdefgh", strict=True))), ["too large or too deeply nested"]),
    ],
)  # fmt: skip
def test_each_mistake_names_its_place_and_its_cure(text: str, said: list[str], tmp_path: Path) -> None:
    found = problems(tmp_path, text)
    for part in said:
        assert part in found


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = "models:\n  a: {model: A, inputs: [1]}\n  b: {inputs: [[1]]}\n  'c:': {model: 'n:N', inputs: {x: {}}}\n"
    assert len([line for line in problems(tmp_path, text).splitlines() if line.startswith("nnviz.yaml:")]) == 5


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_document(tmp_path / "nnviz.yaml")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "nnviz.yaml").write_bytes(b"models: \x80\x81")
    with pytest.raises(ConfigError, match=r"nnviz\.yaml:1:1"):
        read_document(tmp_path / "nnviz.yaml")


def test_the_examples_fit_the_json_schema() -> None:
    import jsonschema
    import yaml

    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    root = Path(__file__).resolve().parents[2]
    for path in [root / "examples" / "nnviz.yaml", *(root / "tests" / "cases").rglob("nnviz.yaml")]:
        jsonschema.validate(yaml.safe_load(path.read_text()), schema)


def test_the_json_schema_refuses_what_the_loader_refuses() -> None:
    import jsonschema

    for data in ({"models": {}}, {"models": {"a": {"opsett": 1}}}, {"models": {"a": {"inputs": 3}}}, {"x": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(data, json_schema())


def test_problems_of_the_form_and_of_the_meaning_come_together(tmp_path: Path) -> None:
    said = problems(
        tmp_path,
        "models:\n  one: {model: net:Net, input: [[1, 4]]}\n  two: {model: net, inputs: [[1, 4]]}\n"
        "  three: {model: net:Net, inputs: [[1, 4]], budgets: {params: many}}\n",
    )
    assert {line.partition(": ")[0] for line in said.splitlines() if line[0] != " "} == {
        "nnviz.yaml:2:25", "nnviz.yaml:3:9", "nnviz.yaml:4:55",
    }  # fmt: skip


def test_inputs_are_no_default_and_that_is_said(tmp_path: Path) -> None:
    said = problems(tmp_path, f"defaults: {{inputs: [[1, 4]]}}\n{ONE}")
    assert "unknown key 'inputs'\n  each model has its own: write it there" in said
