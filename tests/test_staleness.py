"""The verdict as a function of facts."""

from dataclasses import replace

from nnviz_action.lock import Lock
from nnviz_action.staleness import Facts, Recapture, Status, Verdict, judge, settle

LOCK = Lock(
    model="m", config="../../nnviz.yaml", written="w", entry="e",
    digests={"forward": "f", "autograd": "a"}, outputs={"model.onnx": "1", "forward.png": "2"},
    toolchain={"torch": "2.13.0"}, packages={"timm": "1.0"},
)  # fmt: skip
FACTS = Facts(entry="e", expected=("model.onnx", "forward.png"), outputs={"model.onnx": "1", "forward.png": "2"}, changed_sources=())  # fmt: skip
SAME = Recapture({"forward": "f", "autograd": "a"}, {"torch": "2.13.0", "timm": "1.0"})


def status(lock: Lock | None, facts: Facts) -> str:
    return judge("m", lock, facts).status.value


def test_fresh_when_nothing_differs() -> None:
    assert judge("m", LOCK, FACTS) == Verdict("m", Status.FRESH)


def test_each_difference_has_its_verdict() -> None:
    assert status(None, FACTS) == "missing"
    assert status(LOCK, replace(FACTS, entry="other")) == "stale"
    assert status(LOCK, replace(FACTS, outputs={"model.onnx": "1", "forward.png": None})) == "missing"
    assert status(LOCK, replace(FACTS, outputs={"model.onnx": "1", "forward.png": "9"})) == "edited"
    assert status(LOCK, replace(FACTS, changed_sources=("net.py changed",))) == "suspect"


def test_a_file_that_the_lock_does_not_know_is_edited() -> None:
    more = replace(FACTS, expected=(*FACTS.expected, "autograd.png"), outputs={**FACTS.outputs, "autograd.png": "3"})
    assert status(LOCK, more) == "edited"


def test_the_reasons_name_the_files() -> None:
    found = judge("m", LOCK, replace(FACTS, outputs={"model.onnx": None, "forward.png": None}))
    assert found.reasons == ("model.onnx is missing", "forward.png is missing")


def test_a_suspect_with_equal_digests_is_fresh() -> None:
    suspect = judge("m", LOCK, replace(FACTS, changed_sources=("net.py changed",)))
    assert settle(suspect, LOCK, SAME).status is Status.FRESH


def test_a_suspect_with_other_digests_is_stale_even_when_versions_differ() -> None:
    suspect = judge("m", LOCK, replace(FACTS, changed_sources=("net.py changed",)))
    now = Recapture({"forward": "x", "autograd": "a"}, {"torch": "2.14.0"})
    found = settle(suspect, LOCK, now)
    assert found.status is Status.STALE
    assert found.reasons == ("net.py changed", "the forward graph changed")


def test_other_digests_with_the_same_sources_are_drift_where_a_version_differs() -> None:
    now = Recapture({"forward": "x", "autograd": "a"}, {"torch": "2.14.0", "timm": "1.0"})
    found = settle(Verdict("m", Status.FRESH), LOCK, now)
    assert found == Verdict("m", Status.DRIFT, ("torch 2.13.0 → 2.14.0", "the forward graph changed"))


def test_other_digests_with_the_same_sources_and_versions_are_stale() -> None:
    now = replace(SAME, digests={"forward": "f", "autograd": "x"})
    assert settle(Verdict("m", Status.FRESH), LOCK, now).status is Status.STALE


def test_another_version_of_a_package_is_not_another_model() -> None:
    now = replace(SAME, versions={"torch": "2.14.0", "timm": "2.0"})
    assert settle(Verdict("m", Status.FRESH), LOCK, now).status is Status.FRESH
