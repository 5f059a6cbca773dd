"""The tables of keys in docs/config.md."""

import sys

import pytest
from conftest import ROOT

from nnviz_action import __version__
from nnviz_action.config.schema import Autograd, File, Model, Modes
from nnviz_action.setup.init.write import SCHEMA

sys.path.insert(0, str(ROOT / "tools"))
import config_reference


def test_the_page_is_what_the_schema_says() -> None:
    page = config_reference.PAGE.read_text(encoding="utf-8")
    assert config_reference.renewed(page) == page, "python tools/config_reference.py"


def test_editors_get_the_schema_of_this_version() -> None:
    assert config_reference.SCHEMA.read_text(encoding="utf-8") == config_reference.schema_text()
    assert SCHEMA.endswith(f"/v{__version__}/{config_reference.SCHEMA.relative_to(ROOT).as_posix()}")


def test_every_key_has_a_row() -> None:
    page = config_reference.PAGE.read_text(encoding="utf-8")
    sections = {f"{key}.{inner}" for key, section in (("mode", Modes), ("autograd", Autograd)) for inner in section.model_fields}  # fmt: skip
    for key in {*File.model_fields, *Model.model_fields, *sections}:
        assert f"\n| `{key}` | " in page or f"\n| [`{key}`](#" in page


def test_a_row_that_somebody_wrote_by_hand_goes() -> None:
    page = config_reference.PAGE.read_text(encoding="utf-8")
    edited = page.replace("| `opset` |", "| `optset` |")
    assert edited != page
    assert config_reference.renewed(edited) == page


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"does not have <!-- file: "):
        config_reference.renewed("# nnviz.yaml\n")
