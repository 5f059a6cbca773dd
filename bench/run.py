"""`make bench`: ratios and peaks, measured in one run, written to bench/RESULTS.md."""

import json
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import fleet
import yaml
from measure import Ratio, compare, peak_memory

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "examples"
TOOL = [sys.executable, "-m", "nnviz_action"]
LLAMA_8B = {
    "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
    "intermediate_size": 14336, "vocab_size": 128256,
}  # fmt: skip


def main() -> None:
    """Measure everything; each part may be named as an argument to run alone (then nothing is written)."""
    parts = {"check": _check_rows, "generate": _generate_rows, "memory": _memory_rows, "sizes": _size_rows}
    chosen = sys.argv[1:] or list(parts)
    rows = [row for name in chosen for row in parts[name]()]
    table = "\n".join(["| what | bar | measured |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)])
    print(table)
    if not sys.argv[1:]:
        (HERE / "RESULTS.md").write_text(f"{_heading()}\n{table}\n", encoding="utf-8")


def _heading() -> str:
    tools = ", ".join(f"{name} {version(name)}" for name in ("torch", "onnx", "onnxscript", "pygraphviz"))
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
    found = {models: _check(models) for models in (100, 1000)}
    per_model = {models: 1000 * ratio.ours / models for models, ratio in found.items()}
    rows = []
    for models, ratio in found.items():
        what = f"`check`, {models} fresh models, 200 sources, against bare hashing of the same files"
        rows.append((what, "≤ 4 ×", f"{_text(ratio)}; {per_model[models]:.2f} ms a model"))
    return rows


def _check(models: int) -> Ratio:
    folder = Path(tempfile.mkdtemp(prefix="nnviz-bench-"))
    fleet.make(folder, models, 200)
    (folder / "files.txt").write_text("\n".join(fleet.hashed_files(folder)))
    ratio = compare([*TOOL, "check"], [sys.executable, str(HERE / "bare_hash.py"), "files.txt"], folder, rounds=15)
    shutil.rmtree(folder)
    return ratio


def _generate_rows() -> list[tuple[str, str, str]]:
    folder = _workspace()
    shutil.copy(EXAMPLES / "vision.py", folder)
    _write_config(folder, {"resnet18": {"model": "vision:resnet18", "inputs": [[5, 3, 40, 40]]}})
    recipe = [sys.executable, str(HERE / "recipe.py"), str(folder)]
    clean = lambda: shutil.rmtree(folder / "diagrams", ignore_errors=True)  # noqa: E731
    ratio = compare([*TOOL, "generate"], recipe, folder, rounds=7, before=clean)
    shutil.rmtree(folder)
    return [("`generate` of resnet18, both views, against the recipes by hand", "≤ 1.0 ×", _text(ratio))]


def _memory_rows() -> list[tuple[str, str, str]]:
    folder = _workspace()
    shutil.copy(HERE / "corpus" / "zoo.py", folder / "zoo.py")
    shutil.copy(EXAMPLES / "vision.py", folder)
    inputs = {"input_ids": {"shape": ["batch", "length"], "dtype": "int64", "high": 100}}
    entry = {"model": "zoo:transformers", "args": ["Llama", "ForCausalLM"], "kwargs": LLAMA_8B, "inputs": inputs}
    _write_config(folder, {"llama_8b": entry})
    seconds, peak = peak_memory([*TOOL, "generate"], folder)
    numbers = json.loads((folder / "diagrams/llama_8b/lock.json").read_text())["numbers"]
    shutil.rmtree(folder)
    measured = f"{peak:.2f} GB, {seconds:.0f} s, {numbers['parameters'] / 1e9:.2f} B parameters"
    return [("peak memory, `generate` of an 8 B Llama, all processes", "≤ 1.5 GB", measured)]


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
