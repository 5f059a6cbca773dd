"""Budgets: what the numbers mean, whose they are, and what is said of those that are none."""

import re
from pathlib import Path

import jsonschema
import pytest
from test_load import ONE, load, problems

from nnviz_action.config import read_document
from nnviz_action.config.budgets import Budget, Excess, exceeding, read_budgets
from nnviz_action.config.schema import json_schema


def limits(folder: Path, text: str, model: str = "net") -> dict[str, int]:
    load(folder, text)
    return {b.number: b.limit for b in read_budgets(read_document(folder / "nnviz.yaml"), model)}


MEANT = [
    ("params", "12M", 12_000_000), ("params", "12 M", 12_000_000), ("params", "11.7 M", 11_700_000),
    ("params", "1.5B", 1_500_000_000), ("params", "2g", 2_000_000_000), ("params", "300k", 300_000),
    ("params", "12000000", 12_000_000), ("params", "12_000_000", 12_000_000), ("params", "'11,689,512'", 11_689_512),
    ("params", "12e6", 12_000_000), ("params", "1.2e+7", 12_000_000), ("params", "0", 0),
    ("macs", "2G", 2_000_000_000), ("macs", "1.81 GMACs", 1_810_000_000), ("macs", "1.5T", 1_500_000_000_000),
    ("activations", "500MB", 500_000_000), ("activations", "500 mb", 500_000_000), ("activations", "500M", 500_000_000),
    ("activations", "2GiB", 2 * 1024**3), ("activations", "896 B", 896), ("activations", "1.5KiB", 1536),
]  # fmt: skip


@pytest.mark.parametrize(("key", "written", "meant"), MEANT)
def test_amounts_are_written_as_people_write_them(key: str, written: str, meant: int, tmp_path: Path) -> None:
    text = ONE + f"    budgets: {{{key}: {written}}}\n"
    number = {"params": "parameters"}.get(key, key)
    assert limits(tmp_path, text) == {number: meant}
    jsonschema.validate(read_document(tmp_path / "nnviz.yaml").data, json_schema())


NONE = [
    ("params", "12 apples"), ("params", "-1"), ("params", "true"), ("params", "[1]"), ("params", "1.5"), ("params", ".inf"),
    ("params", "12MB"), ("params", "12 MACs"), ("params", "''"), ("params", "1e30"), ("params", "'1,5M'"), ("params", "１２M"),
    ("macs", "2GB"), ("macs", f"'{'9' * 5000}'"), ("macs", f"'0.{'0' * 5000}'"), ("activations", "0.1kib"), ("activations", "5 MMACs"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "written"), NONE)
def test_what_is_no_amount_is_named_with_its_place(key: str, written: str, tmp_path: Path) -> None:
    said = problems(tmp_path, ONE + f"    budgets: {{{key}: {written}}}\n")
    assert said.startswith(f"nnviz.yaml:5:15: models.net.budgets.{key}: "), said
    assert " is no number of " in said and "\n  write, for example, " in said
    said = problems(tmp_path, f"defaults: {{budgets: {{{key}: {written}}}}}\n" + ONE)
    assert said.startswith(f"nnviz.yaml:1:22: defaults.budgets.{key}: "), said


def test_keys_are_known(tmp_path: Path) -> None:
    said = problems(tmp_path, ONE + "    budgets: {parms: 1, flops: 2}\n")
    assert said == (
        "nnviz.yaml:5:15: unknown key 'parms'\n  did you mean 'params'?\n"
        "nnviz.yaml:5:25: unknown key 'flops'\n  known keys: params, macs, activations, saved"
    )
    assert "budgets: a mapping of keys is wanted" in problems(tmp_path, ONE + "    budgets: 12M\n")
    said = problems(tmp_path, ONE + "    views: [autograd]\n    budgets: {params: 1}\n")
    assert said.startswith("nnviz.yaml:6:5: model 'net': budgets are of the forward graph")


def test_defaults_are_merged_key_by_key_and_can_be_lifted(tmp_path: Path) -> None:
    two = ONE + "    budgets: {params: 2M, macs: null}\n" + ONE.partition("models:\n")[2].replace("  net:", "  bare:")
    text = "defaults:\n  budgets: {params: 1M, macs: 1G, activations: 1MB}\n" + two
    assert limits(tmp_path, text) == {"parameters": 2_000_000, "activations": 1_000_000}
    assert limits(tmp_path, text, "bare") == {"parameters": 10**6, "macs": 10**9, "activations": 10**6}
    first, second, _ = (read_budgets(read_document(tmp_path / "nnviz.yaml"), n)[0] for n in ("net", "bare", "net"))
    assert ((first.line, first.column), (second.line, second.column)) == ((7, 15), (2, 13))


def test_a_budget_is_no_part_of_what_an_entry_says(tmp_path: Path) -> None:
    (plain,) = load(tmp_path, ONE).models
    for text in (ONE + "    budgets: {params: 1M}\n", "defaults: {budgets: {macs: 1G}}\n" + ONE):
        (spec,) = load(tmp_path, text).models
        assert (spec.written, spec.entry()) == (plain.written, plain.entry())
    (opset,) = load(tmp_path, "defaults: {opset: 19}\n" + ONE).models
    (both,) = load(tmp_path, "defaults: {opset: 19, budgets: {macs: 1G}}\n" + ONE).models
    assert (both.written, both.entry()) == (opset.written, opset.entry()) and opset.written != plain.written


def test_over_is_more_than_the_budget() -> None:
    budget = Budget("macs", 10, 3, 5)
    assert exceeding("net", {"macs": 10}, (budget,)) == ()
    assert exceeding("net", {"macs": 11}, (budget,)) == (Excess("net", 11, budget),)
    assert exceeding("net", {"parameters": 11}, (budget,)) == (), "what nobody counted is over nothing"


def test_the_documented_budgets_are_budgets(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "config.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"## Budgets\n\n```yaml\n(.*?)```", text, re.DOTALL)
    found = limits(tmp_path, block, "resnet18")
    assert found == {"parameters": 12_000_000, "macs": 2_000_000_000, "activations": 500_000_000}
