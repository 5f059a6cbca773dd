"""Which part is tried next, and how, after what was made and what was not."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from nnviz_action.capture.worker.tries import Miss, Tries, Try, crash
from nnviz_action.config import ModelSpec, read_document
from nnviz_action.config.load import load_config
from nnviz_action.errors import ModelError


def spec(folder: Path, **options: object) -> ModelSpec:
    path = folder / "nnviz.yaml"
    path.write_text(yaml.safe_dump({"models": {"net": {"model": "net:Net", "inputs": [[1, 4]], **options}}}))
    return load_config(read_document(path)).models[0]


def miss(text: str = "RuntimeError: no", **flags: bool) -> Miss:
    return Miss(ModelError(text), text, **flags)


def test_all_parts_are_asked_for_at_once_and_the_riskiest_last(tmp_path: Path) -> None:
    assert Tries(spec(tmp_path)).next() == Try("meta", ("graph", "autograd", "onnx"))
    assert Tries(spec(tmp_path, export="never", fake="never")).next() == Try("real", ("graph", "autograd"))
    kept = Tries(spec(tmp_path, weights="keep"))
    assert kept.next() == Try("real", ("graph",))
    kept.made("graph")
    assert kept.next() == Try("meta", ("autograd",))


def test_what_is_missed_is_tried_the_next_way_and_what_is_made_is_not(tmp_path: Path) -> None:
    tries = Tries(spec(tmp_path))
    tries.made("graph")
    tries.missed("autograd", miss())
    assert tries.next() == Try("fake", ("autograd",))
    tries.made("autograd")
    assert tries.next() == Try("meta", ("onnx",))
    tries.made("onnx")
    assert tries.next() is None
    assert tries.weights() == {"autograd": "fake", "forward": "meta"}


def test_a_part_that_cannot_be_made_leaves_the_others(tmp_path: Path) -> None:
    tries = Tries(spec(tmp_path))
    tries.made("graph")
    for _ in range(3):
        tries.missed("autograd", miss("one"))
    for reason in ("GuardOnDataDependent", "GuardOnDataDependent"):
        tries.missed("onnx", miss(reason))
    assert tries.next() is None and tries.is_settled("graph", "onnx")
    assert {part: found.reason for part, found in tries.failed.items()} == {
        "autograd": "one",
        "onnx": "GuardOnDataDependent",
    }


def test_the_first_error_is_told_where_all_fail_for_one_reason(tmp_path: Path) -> None:
    first, last = miss("one"), miss("one")
    tries = Tries(spec(tmp_path, export="never", views=["forward"]))
    tries.missed("graph", first)
    tries.missed("graph", miss("one"))
    with pytest.raises(ModelError) as caught:
        tries.missed("graph", last)
    assert caught.value is first.error


def test_the_surest_try_is_told_where_reasons_differ(tmp_path: Path) -> None:
    tries, last = Tries(spec(tmp_path, export="never", views=["forward"])), miss("of the model")
    for reason in ("of the meta device", "of fake tensors"):
        tries.missed("graph", miss(reason))
    with pytest.raises(ModelError) as caught:
        tries.missed("graph", last)
    assert caught.value is last.error


@pytest.mark.parametrize("flag", ["is_final", "is_fatal"])
def test_some_errors_leave_no_diagram(flag: str, tmp_path: Path) -> None:
    tries = Tries(spec(tmp_path, fake="never"))
    with pytest.raises(ModelError):
        tries.missed("graph", replace(miss(), **{flag: True}))


def test_neither_graph_is_no_diagram_and_the_calls_are_told(tmp_path: Path) -> None:
    tries = Tries(spec(tmp_path, fake="never", views=["forward"]))
    tries.missed("graph", miss("the calls"))
    with pytest.raises(ModelError, match="the calls"):
        tries.missed("onnx", miss("the export"))


def test_a_process_that_crashes_is_a_miss_but_for_a_lack_of_memory(tmp_path: Path) -> None:
    error = ModelError("ended by signal SIGSEGV\n    nnviz.yaml:3: net")
    assert crash(error, -11) == Miss(error, "ended by signal SIGSEGV")
    assert crash(error, -9).is_final and crash(error, None).is_final


def test_what_was_not_asked_for_is_refused(tmp_path: Path) -> None:
    tries = Tries(spec(tmp_path, views=["forward"]))
    with pytest.raises(KeyError):
        tries.made("autograd")


def test_a_check_exports_only_where_the_calls_cannot_be_recorded(tmp_path: Path) -> None:
    tries = Tries(spec(tmp_path), exports=False)
    assert tries.next() == Try("meta", ("graph", "autograd"))
    for part in ("graph", "autograd"):
        tries.made(part)
    assert tries.next() is None and tries.failed == {}
    tries = Tries(spec(tmp_path, views=["forward"]), exports=False)
    for _ in range(3):
        tries.missed("graph", miss())
    assert tries.next() == Try("meta", ("onnx",)) and list(tries.failed) == ["graph"]
