"""The verdict as a function of facts."""

from dataclasses import replace

from nnviz_action.freshness.lock import Lock
from nnviz_action.freshness.verdict import Facts, Recapture, Status, Verdict, judge, settle

LOCK = Lock(
    model="m", config="../../nnviz.yaml", written="w", entry="e",
    digests={"forward": "f", "autograd": "a"}, outputs={"model.onnx": "1", "forward.png": "2"},
    toolchain={"torch": "2.13.0"}, packages={"timm": "1.0"},
)  # fmt: skip
FACTS = Facts(entry="e", expected=("model.onnx", "forward.png"), outputs={"model.onnx": "1", "forward.png": "2"}, changed_sources=())  # fmt: skip
SAME = Recapture(LOCK)


def now(forward: str = "f", autograd: str = "a", torch: str = "2.13.0", timm: str = "1.0") -> Recapture:
    digests = {"forward": forward, "autograd": autograd}
    return Recapture(replace(LOCK, digests=digests, toolchain={"torch": torch}, packages={"timm": timm}))


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
    found = settle(suspect, LOCK, now("x", torch="2.14.0"))
    assert found.status is Status.STALE
    assert found.reasons == ("net.py changed", "torch 2.13.0 → 2.14.0", "the forward graph changed")


def test_a_suspect_of_which_another_torch_records_another_autograd_graph_has_drifted() -> None:
    suspect = judge("m", LOCK, replace(FACTS, changed_sources=("net.py changed",)))
    found = settle(suspect, LOCK, now(autograd="x", torch="2.14.0"))
    assert found == Verdict("m", Status.DRIFT, ("torch 2.13.0 → 2.14.0", "the autograd graph changed"), ("autograd",))
    assert settle(suspect, LOCK, now(autograd="x", timm="2.0")).status is Status.STALE


def test_other_digests_with_the_same_sources_are_drift_where_a_version_differs() -> None:
    found = settle(Verdict("m", Status.FRESH), LOCK, now("x", torch="2.14.0"))
    assert found == Verdict("m", Status.DRIFT, ("torch 2.13.0 → 2.14.0", "the forward graph changed"), ("forward",))


def test_other_digests_with_the_same_sources_and_versions_are_stale() -> None:
    assert settle(Verdict("m", Status.FRESH), LOCK, now(autograd="x")).status is Status.STALE


def test_another_version_of_a_package_is_not_another_model() -> None:
    assert settle(Verdict("m", Status.FRESH), LOCK, now(torch="2.14.0", timm="2.0")).status is Status.FRESH


def test_what_files_alone_condemn_a_capture_does_not_acquit() -> None:
    edited = Verdict("m", Status.EDITED, ("model.onnx is not as generated",))
    assert settle(edited, LOCK, now("x")) == edited
    found = settle(Verdict("m", Status.STALE, ("its entry in the config changed",)), LOCK, SAME)
    assert found == Verdict("m", Status.STALE, ("its entry in the config changed", "the graphs are the same"))
    missing = Verdict("m", Status.MISSING, ("never generated",))
    assert settle(missing, None, SAME) == missing
