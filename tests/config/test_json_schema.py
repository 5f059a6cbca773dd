"""The JSON Schema, as an editor and check-jsonschema take it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Project

from nnviz_action.config import read_document
from nnviz_action.config.load import load_config
from nnviz_action.config.schema import Options, json_schema
from nnviz_action.errors import ConfigError

EXAMPLES = sorted([*ROOT.glob("examples/**/nnviz.yaml"), *ROOT.glob("tests/cases/**/nnviz.yaml")])
NET = {"model": "n:Net", "inputs": [[1, 2]]}
WRONG = {
    "no models": {"defaults": {}},
    "an empty list of models": {"models": {}},
    "a key that is none": {"models": {"n": {**NET, "optset": 20}}},
    "an option beside models": {"models": {"n": NET}, "theme": "dark"},
    "a theme that is none": {"models": {"n": {**NET, "theme": "blue"}}},
    "a direction that is none": {"models": {"n": {**NET, "direction": "left"}}},
    "a colour that is none": {"models": {"n": {**NET, "color": "flops"}}},
    "another renderer": {"models": {"n": {**NET, "render": "mermaid"}}},
    "an old opset": {"models": {"n": {**NET, "opset": 9}}},
    "a number as text": {"models": {"n": {**NET, "max_nodes": "60"}}},
    "one view that is none": {"models": {"n": {**NET, "views": ["forward", "backward"]}}},
    "no view": {"models": {"n": {**NET, "views": []}}},
    "a negative size": {"models": {"n": {**NET, "inputs": [[-1, 2]]}}},
    "a shape that is a word": {"models": {"n": {**NET, "inputs": {"x": {"shape": "1x3"}}}}},
    "a tensor without a shape": {"models": {"n": {**NET, "inputs": {"x": {"dtype": "int64"}}}}},
    "a mode that is none": {"defaults": {"mode": "test"}, "models": {"n": NET}},
    "inputs as a number": {"models": {"n": {**NET, "inputs": 3}}},
}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the command prints."""
    folder = tmp_path_factory.mktemp("schema")
    done = Project(folder).run("schema")
    assert done.returncode == 0
    (folder / "schema.json").write_text(done.stdout)
    return folder / "schema.json"


def check(*args: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_is_a_schema_itself(schema: Path) -> None:
    done = check("--check-metaschema", schema)
    assert done.returncode == 0, done.stdout


def test_all_examples_fit(schema: Path) -> None:
    assert len(EXAMPLES) > 8
    done = check("--schemafile", schema, *EXAMPLES)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_what_the_tool_refuses_does_not_fit(wrong: dict[str, object], schema: Path, tmp_path: Path) -> None:
    path = tmp_path / "nnviz.yaml"
    path.write_text(yaml.safe_dump(wrong))
    with pytest.raises(ConfigError):
        load_config(read_document(path))
    done = check("--schemafile", schema, path)
    assert done.returncode == 1 and "Schema validation errors" in done.stdout


def test_an_editor_has_something_to_say_of_every_option() -> None:
    options = json_schema()["$defs"]["Options"]["properties"]
    assert options.keys() == Options.model_fields.keys()
    assert [name for name, about in options.items() if not about.get("description")] == []
    assert json.loads(json.dumps(json_schema())) == json_schema()
