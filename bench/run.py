"""`make bench`: ratios and peaks, measured in one run, written to bench/RESULTS.md."""

import json
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median

import differences
import family_steps
import fleet
import hooks
import mixed
import recording
import suspect
import yaml
from measure import Ratio, compare, peak_memory
from PIL import Image

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "examples"
TOOL = [sys.executable, "-m", "nnviz_action"]
Image.MAX_IMAGE_PIXELS = None  # torchview's picture is one that Pillow takes for an attack
LLAMA_70B = {
    "hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
    "intermediate_size": 28672, "vocab_size": 128256,
}  # fmt: skip
LLAMA_405B = {
    "hidden_size": 16384, "num_hidden_layers": 126, "num_attention_heads": 128, "num_key_value_heads": 8,
    "intermediate_size": 53248, "vocab_size": 128256,
}  # fmt: skip
LLAMA_8B = {
    "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
    "intermediate_size": 14336, "vocab_size": 128256,
}  # fmt: skip


def main() -> None:
    """Measure everything; each part may be named as an argument to run alone (then nothing is written)."""
    parts = {
        "check": _check_rows, "generate": _generate_rows, "memory": _memory_rows, "sizes": _size_rows,
        "rival": _rival_rows, "llama": _llama_rows, "hooks": hooks.rows, "diff": differences.rows,
        "families": family_steps.rows, "mixed": mixed.rows,
        "recording": recording.rows, "suspect": suspect.rows, "calls": _calls_rows,
        "spawn": mixed.spawn_rows,
    }  # fmt: skip
    chosen = sys.argv[1:] or list(parts)
    rows = [row for name in chosen for row in parts[name]()]
    table = "\n".join(["| what | bar | measured |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)])
    print(table)
    if not sys.argv[1:]:
        (HERE / "RESULTS.md").write_text(f"{_heading()}\n{table}\n", encoding="utf-8")


def _heading() -> str:
    tools = ", ".join(f"{name} {version(name)}" for name in ("torch", "onnx", "onnxscript", "resvg"))
    python = ".".join(map(str, sys.version_info[:3]))
    return (
        "# Measured\n\nBy `make bench` in one run; timings alternate the two sides and are medians. "
        f"Python {python}, {tools}.\nWhat the corpus gives is in [corpus/RESULTS.md](corpus/RESULTS.md).\n"
    )


def _workspace() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="nnviz-bench-"))
    (folder / ".git").mkdir()
    return folder


def _check_rows() -> list[tuple[str, str, str]]:
    rows = []
    for models, sources in ((100, 200), (1000, 200), (1000, 5000)):
        ratio = _check(models, sources)
        what = f"`check`, {models} fresh models, {sources} sources, against bare hashing of the same files"
        rows.append((what, "≤ 4 ×", f"{_text(ratio)}; {1000 * ratio.ours / models:.2f} ms a model"))
    return rows


def _check(models: int, sources: int) -> Ratio:
    folder = Path(tempfile.mkdtemp(prefix="nnviz-bench-"))
    fleet.make(folder, models, sources)
    (folder / "files.txt").write_text("\n".join(fleet.hashed_files(folder)))
    ratio = compare([*TOOL, "check"], [sys.executable, str(HERE / "bare_hash.py"), "files.txt"], folder, rounds=15)
    shutil.rmtree(folder)
    return ratio


def _generate_rows() -> list[tuple[str, str, str]]:
    folder = _workspace()
    shutil.copy(EXAMPLES / "vision.py", folder)
    _write_config(folder, {"resnet18": {"model": "vision:resnet18", "inputs": [[5, 3, 40, 40]]}})
    recipe = [sys.executable, str(HERE / "recipe.py"), str(folder)]
    ratio = compare([*TOOL, "generate"], recipe, folder, rounds=7, before=lambda: _clean(folder))
    shutil.rmtree(folder)
    return [("`generate` of resnet18, both views, against the recipes by hand", "≤ 0.8 ×", _text(ratio))]


def _memory_rows() -> list[tuple[str, str, str]]:
    seconds, peak, parameters, _ = _llama(LLAMA_8B, ["batch", "length"])
    measured = f"{peak:.2f} GB, {seconds:.0f} s, {parameters / 1e9:.2f} B parameters"
    return [("peak memory, `generate` of an 8 B Llama, all processes", "≤ 1.5 GB", measured)]


def _llama_rows() -> list[tuple[str, str, str]]:
    """The largest Llamas, a batch of one with 128 tokens; and the same with both free."""
    rows = []
    for what, bar, size in (
        ("70 B (80 layers)", "≤ 60 s, ≤ 1.5 GB", LLAMA_70B),
        ("405 B (126 layers)", "≤ 100 s, ≤ 2 GB", LLAMA_405B),
    ):
        for kind, shape in (("1×128 tokens", [1, 128]), ("batch×length tokens", ["batch", "length"])):
            seconds, peak, parameters, _ = _llama(size, shape)
            wanted = bar if shape == [1, 128] else "the same, free dimensions"
            rows.append(
                (
                    f"Llama {what}, ONNX and both views, {kind}",
                    wanted,
                    f"{seconds:.0f} s, {peak:.2f} GB, {parameters / 1e9:.1f} B parameters",
                )
            )
    times = {n: _llama({**LLAMA_70B, "num_hidden_layers": n}, [1, 128])[0] for n in (20, 126)}
    growth = f"{times[20]:.0f} s → {times[126]:.0f} s: {times[126] / times[20]:.1f} ×"
    rows.append(("time from 20 to 126 layers of that width", "≤ 6.3 × (linear)", growth))
    return rows


def _calls_rows() -> list[tuple[str, str, str]]:
    """Without the export, and what `graph.json` takes. The examples' resnet18 has it already."""
    shape, rows = [1, 128], []
    sizes = {"resnet18": (EXAMPLES / "diagrams/resnet18/graph.json").stat().st_size}
    for name, size in (("Llama 70 B", LLAMA_70B), ("Llama 405 B", LLAMA_405B)):
        runs = [_llama(size, shape, "never") for _ in range(5 if size is LLAMA_70B else 1)]
        seconds, peak = median(run[0] for run in runs), max(run[1] for run in runs)
        sizes[name] = runs[0][3]
        bar = "≤ 15 s, ≤ 1 GB" if size is LLAMA_70B else ""
        rows.append((f"{name}, `export: never`, both views", bar, f"{seconds:.1f} s, {peak:.2f} GB"))
    bars = "≤ 20 kB; ≤ 300 kB; ≤ 400 kB"
    told = "; ".join(f"{number / 1000:.1f} kB" for number in sizes.values())
    return [*rows, (f"`graph.json` of {', '.join(sizes)}", bars, told)]


def _llama(size: dict[str, int], shape: list[object], export: str = "auto") -> tuple[float, float, int, int]:
    """Seconds, gigabytes at the peak, parameters, and bytes of `graph.json`."""
    folder = _workspace()
    shutil.copy(HERE / "corpus" / "zoo_transformers.py", folder)
    shutil.copy(EXAMPLES / "vision.py", folder)
    inputs = {"input_ids": {"shape": shape, "dtype": "int64", "high": 100}}
    entry = {"model": "zoo_transformers:make", "args": ["Llama", "ForCausalLM"], "kwargs": size, "inputs": inputs}
    _write_config(folder, {"llama": entry | {"export": export}})
    seconds, peak = peak_memory([*TOOL, "generate"], folder)
    numbers = json.loads((folder / "diagrams/llama/lock.json").read_text())["numbers"]
    graph = (folder / "diagrams/llama/graph.json").stat().st_size
    shutil.rmtree(folder)
    return seconds, peak, numbers["parameters"], graph


def _rival_rows() -> list[tuple[str, str, str]]:
    """densenet201 against torchview, which draws one view."""
    folder = _workspace()
    shutil.copy(HERE / "corpus" / "zoo_torchvision.py", folder)
    shutil.copy(EXAMPLES / "vision.py", folder)
    _write_config(
        folder, {"net": {"model": "zoo_torchvision:make", "args": ["densenet201"], "inputs": [[1, 3, 224, 224]]}}
    )
    rival = [sys.executable, str(HERE / "rival.py"), str(folder)]
    ratio = compare([*TOOL, "generate"], rival, folder, rounds=5, before=lambda: _clean(folder))
    largest = max((p.stat().st_size, p.name) for p in (folder / "diagrams" / "net").iterdir())
    theirs = Image.open(folder / "rival.png").size
    theirs_text = (
        f"torchview's picture: {theirs[0]}×{theirs[1]} px, {(folder / 'rival.png').stat().st_size / 1e6:.0f} MB"
    )
    ours = Image.open(folder / "diagrams/net/forward.png").size
    shutil.rmtree(folder)
    return [
        ("densenet201, ONNX and both views, against torchview's one", "≤ 0.25 ×", _text(ratio)),
        (
            "densenet201, its largest file",
            "≤ 500 kB",
            f"{largest[0] / 1000:.0f} kB, {largest[1]}; forward.png {ours[0]}×{ours[1]} px; {theirs_text}",
        ),
    ]


def _clean(folder: Path) -> None:
    shutil.rmtree(folder / "diagrams", ignore_errors=True)


def _size_rows() -> list[tuple[str, str, str]]:
    files = [p for p in (EXAMPLES / "diagrams").rglob("*") if p.is_file()]
    largest = max(files, key=lambda p: p.stat().st_size)
    name = largest.relative_to(EXAMPLES).as_posix()
    locks = [json.loads(p.read_text())["numbers"] for p in files if p.name == "lock.json"]
    shaped, values = (sum(lock.get(key, 0) for lock in locks) for key in ("shaped", "values"))
    return [
        ("largest committed file of the examples", "≤ 500 kB", f"{largest.stat().st_size / 1000:.0f} kB, {name}"),
        ("values with a known shape, over the examples", "100 %", f"{shaped} of {values}"),
    ]


def _write_config(folder: Path, models: dict[str, object]) -> None:
    (folder / "nnviz.yaml").write_text(yaml.safe_dump({"models": models}, sort_keys=False))


def _text(ratio: Ratio) -> str:
    return f"{ratio.ratio:.2f} × ({ratio.ours:.3f} s against {ratio.theirs:.3f} s, median of {ratio.rounds})"


if __name__ == "__main__":
    main()
