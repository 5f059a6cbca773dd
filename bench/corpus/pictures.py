"""`make pictures`: the pictures of both corpora measured on their coordinates, from captures that are kept.

Usage: python bench/corpus/pictures.py [--captured FOLDER] [--only SUBSTRING] [--autograd] [--jobs N]
           [--save FILE] [--against FILE] [--write] [--all]

`bench/corpus/captured.py` makes the captures. `--save` keeps the numbers, with which `--against` compares later ones.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

from measure_picture import Measure, measure
from picture_rows import MOST_NAMED, offenders, rows, table
from redraw import captured, views

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Measure, print the table and the worst, exit 1 where a bar is missed."""
    options = _options()
    folders = captured(options.captured, options.only)
    if not folders:
        print(f"no captures in {options.captured}: run  python bench/corpus/captured.py", file=sys.stderr)
        return 2
    start = time.monotonic()
    measures = _measured(folders, options.autograd, options.jobs)
    if options.save:
        options.save.write_text(json.dumps([asdict(m) for m in measures], indent=1) + "\n", encoding="utf-8")
    found = list(rows(measures, _read(options.against) if options.against else {}))
    took = f"{len(measures)} pictures in {time.monotonic() - start:.0f} s"
    text = f"{table(found)}\n\n{offenders(found, 10**6 if options.all else MOST_NAMED)}\n"
    print(f"{text}\n{took}")
    if options.write:
        head = f"# The pictures of both corpora, measured\n\nBy `make pictures`. {len(measures)} pictures.\n\n"
        (HERE / "pictures.md").write_text(head + text, encoding="utf-8")
    return 0 if all(row.holds is not False for row in found) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--captured", type=Path, default=HERE / "work" / "captured")
    parser.add_argument("--only", default="", help="part of the names of the models")
    parser.add_argument("--autograd", action="store_true", help="the autograd pictures instead")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--save", type=Path, help="a JSON file for the numbers")
    parser.add_argument("--against", type=Path, help="such a file, to compare with")
    parser.add_argument("--write", action="store_true", help="also into pictures.md beside this file")
    parser.add_argument("--all", action="store_true", help="name all that miss a bar")
    return parser.parse_args()


def _measured(folders: Sequence[Path], autograd: bool, jobs: int) -> list[Measure]:
    wanted = [(folder, view) for folder in folders for view in views(folder, autograd)]
    if jobs == 1:
        return [_told(measure(*one)) for one in wanted]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return list(map(_told, pool.map(measure, *zip(*wanted, strict=True))))


def _told(found: Measure) -> Measure:
    size = found.error or f"{found.width}×{found.height} px"
    print(f"{found.name} {found.view}: {size}, {found.seconds:.1f} s", file=sys.stderr, flush=True)
    return found


def _read(path: Path) -> dict[str, Measure]:
    return {data["name"]: Measure(**data) for data in json.loads(path.read_text(encoding="utf-8"))}


if __name__ == "__main__":
    sys.exit(main())
