"""Coverage-guided fuzzing of what reads files: `make fuzz`, or  python tests/faults/fuzz.py TARGET SECONDS.

Begins with corpus/TARGET.zip, and leaves in it the few inputs, of those and of what was found, that reach each line
that any of them reaches. `test_corpus.py` runs them through the same targets.
"""

import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import atheris
from mutants import NASTY, mutants
from onnx_mutants import mutated, seeds

HERE = Path(__file__).parent
WORK = HERE.parents[1] / ".cache" / "fuzz"
LONGEST = {"config": 2000, "lock": 3000, "onnx": 14_000}


def fuzz(target: str, seconds: int, begin: Path, found: Path) -> None:
    """Ends the process: at a crash with a code that is not 0."""
    with atheris.instrument_imports(include=["nnviz_action", "yaml", "json"], enable_loader_override=False):
        from targets import TARGETS

    def custom(data: bytes, most: int, seed: int) -> bytes:
        """Most files stay nearly well-formed: else the parser of protobuf or YAML would see nearly all of them."""
        random = Random(seed)
        if random.random() < 0.4:
            return bytes(atheris.Mutate(data, most))
        if target == "onnx":
            return mutated(data if len(data) > 20 else random.choice(seeds()), random)[:most]
        return next(mutants([data], seed, 1, NASTY))[:most]

    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST[target]}", "-rss_limit_mb=4000", "-timeout=120"]
    artifacts = f"-artifact_prefix={found.parent}/{target}-"
    atheris.Setup([sys.argv[0], *options, artifacts, str(found), str(begin)], TARGETS[target], custom_mutator=custom)
    atheris.Fuzz()


def fewest(target: str, inputs: Iterable[bytes]) -> list[bytes]:
    """Of these the shortest that together reach all lines of ours that all of them reach."""
    from targets import TARGETS

    reached: set[tuple[str, int]] = set()
    kept = []
    for data in sorted(set(inputs), key=lambda data: (len(data), data)):
        lines = _lines(lambda data=data: TARGETS[target](data))  # type: ignore[misc]
        if not lines <= reached:
            reached |= lines
            kept.append(data)
    return kept


def _lines(run: Any) -> set[tuple[str, int]]:
    lines: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if "nnviz_action" not in frame.f_code.co_filename:
            return None
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(None)
    return lines


def _seeds(target: str) -> list[bytes]:
    from targets import SEEDS

    return SEEDS[target]


def read(archive: Path) -> list[bytes]:
    if not archive.exists():
        return []
    with zipfile.ZipFile(archive) as file:
        return [file.read(name) for name in file.namelist()]


def write(archive: Path, inputs: Iterable[bytes]) -> None:
    """The same bytes for the same inputs."""
    archive.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for number, data in enumerate(inputs):
            file.writestr(zipfile.ZipInfo(f"{number:04}"), data, zipfile.ZIP_DEFLATED)


def main(target: str, seconds: int, inner: bool) -> int:
    begin, found, archive = WORK / f"{target}-begin", WORK / target, HERE / "corpus" / f"{target}.zip"
    if inner:
        fuzz(target, seconds, begin, found)
    for folder in (begin, found):
        folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate([*read(archive), *_seeds(target)]):
        (begin / f"{number:04}").write_bytes(data)
    code = subprocess.call([sys.executable, __file__, target, str(seconds), "inner"])
    if code == 0:
        write(archive, fewest(target, [p.read_bytes() for folder in (begin, found) for p in folder.iterdir()]))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:] == ["inner"]))
