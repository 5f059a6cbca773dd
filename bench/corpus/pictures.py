"""`make pictures`: the pictures of both corpora measured on their coordinates, from captures that are kept.

Usage: python bench/corpus/pictures.py [--captured FOLDER] [--only SUBSTRING] [--autograd] [--direction right] [--jobs N]
           [--save FILE] [--against FILE] [--write] [--all] [--keep FOLDER]
       python bench/corpus/pictures.py --sheet FILE.png NAME …     several pictures side by side
       python bench/corpus/pictures.py --time --other CLONE [NAME …]     seconds against the code in another clone

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

import picture_times
from contact_sheet import contact_sheet
from measure_picture import Measure, measure
from picture_rows import MOST_NAMED, offenders, rows, table
from redraw import DOWN, captured, redraw, views

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Measure, print the table and the worst, exit 1 where a bar is missed."""
    options = _options()
    if options.sheet:
        return _sheet(options)
    if options.time:
        print(
            picture_times.compare(
                options.captured, options.other, options.names or picture_times.MIXED, options.rounds
            )
        )
        return 0
    folders = captured(options.captured, options.only)
    if not folders:
        print(f"no captures in {options.captured}: run  python bench/corpus/captured.py", file=sys.stderr)
        return 2
    start = time.monotonic()
    measures = _measured(folders, options)
    if options.save:
        options.save.write_text(json.dumps([asdict(m) for m in measures], indent=1) + "\n", encoding="utf-8")
    found = list(rows(measures, _read(options.against) if options.against else {}))
    took = f"{len(measures)} pictures in {time.monotonic() - start:.0f} s"
    text = f"{table(found)}\n\n{offenders(found, 10**6 if options.all else MOST_NAMED)}\n"
    print(f"{text}\n{took}")
    if options.write and not options.only:
        head = f"# The pictures of both corpora, measured\n\nBy `make pictures`. {len(measures)} pictures.\n\n"
        (HERE / "pictures.md").write_text(head + text, encoding="utf-8")
    return 0 if all(row.holds is not False for row in found) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--captured", type=Path, default=HERE / "work" / "captured")
    parser.add_argument("--only", default="", help="parts of the names of the models, with commas between")
    parser.add_argument("--autograd", action="store_true", help="the autograd pictures instead")
    parser.add_argument("--direction", choices=(DOWN, "right"), default=DOWN)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--save", type=Path, help="a JSON file for the numbers")
    parser.add_argument("--against", type=Path, help="such a file, to compare with")
    parser.add_argument("--write", action="store_true", help="also into pictures.md beside this file")
    parser.add_argument("--all", action="store_true", help="name all that miss a bar")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="also put the pictures there")
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE", help="only paste the pictures of these models into a PNG"
    )
    parser.add_argument("--cell", default="380x760", help="the room of each there, in pixels")
    parser.add_argument("--time", action="store_true", help="only compare the time with that of --other")
    parser.add_argument("--other", type=Path, metavar="CLONE", help="a folder with the package nnviz_action")
    parser.add_argument("--rounds", type=int, default=picture_times.ROUNDS)
    parser.add_argument("names", nargs="*", help="whole names of models, for --sheet and --time")
    options = parser.parse_args()
    if options.time and not (options.other and (options.other / "nnviz_action").is_dir()):
        parser.error("--time needs  --other CLONE, a folder with the package nnviz_action")
    if options.sheet and not options.names:
        parser.error("--sheet needs the names of models")
    return options


def _sheet(options: argparse.Namespace) -> int:
    view, found = "autograd" if options.autograd else "forward", {}
    for name in options.names:
        try:
            found[name] = redraw(options.captured / name, view, options.direction).png
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
    if found:
        wide, tall = options.cell.split("x")
        contact_sheet(found, options.sheet, (int(wide), int(tall)))
    return 0 if len(found) == len(options.names) else 1


def _measured(folders: Sequence[Path], options: argparse.Namespace) -> list[Measure]:
    how = options.direction, options.keep
    wanted = [(folder, view, *how) for folder in folders for view in views(folder, options.autograd)]
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    if options.jobs == 1 or not wanted:
        return [_told(measure(*one)) for one in wanted]
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        return list(map(_told, pool.map(measure, *zip(*wanted, strict=True))))


def _told(found: Measure) -> Measure:
    size = found.error or f"{found.width}×{found.height} px"
    print(f"{found.name} {found.view}: {size}, {found.seconds:.1f} s", file=sys.stderr, flush=True)
    return found


def _read(path: Path) -> dict[str, Measure]:
    return {data["name"]: Measure(**data) for data in json.loads(path.read_text(encoding="utf-8"))}


if __name__ == "__main__":
    sys.exit(main())
