"""Makes a repository with many fresh models, as `generate` would leave it, without running any of them."""

import json
import sys
from hashlib import sha256
from pathlib import Path

import yaml

from nnviz_action.config import read_document
from nnviz_action.config.load import load_config
from nnviz_action.freshness.facts import hash_sources
from nnviz_action.freshness.hashes import Hasher
from nnviz_action.freshness.lock import Lock
from nnviz_action.freshness.outputs import write_diagram
from nnviz_action.project.gallery import find_pages, write_pages
from nnviz_action.project.survey import expected_names

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "diagrams" / "resnet18"


def make(folder: Path, models: int, sources: int) -> None:
    """`models` entries that read 20 of `sources` Python files each; files of the size of a real diagram's."""
    code = (Path(__file__).resolve().parent.parent / "examples" / "small.py").read_text()
    for index in range(sources):
        path = folder / "src" / f"part{index}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# part {index}\n{code}")
    entries = {
        f"model{index}": {"model": f"part{index % sources}:Tagger", "inputs": [[1, 3, 224, 224 + index]]}
        for index in range(models)
    }
    config = {"defaults": {"pythonpath": ["src"]}, "models": entries}
    (folder / "nnviz.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    (folder / ".git").mkdir()
    _write_diagrams(folder, sources)


def _write_diagrams(folder: Path, sources: int) -> None:
    config = load_config(read_document(folder / "nnviz.yaml"))
    hasher = Hasher()
    for index, spec in enumerate(config.models):
        names = expected_names(spec, None)
        files = {name: (EXAMPLE / name).read_bytes() + index.to_bytes(4, "big") for name in names}
        paths = [folder / "src" / f"part{(index + step) % sources}.py" for step in range(min(20, sources))]
        lock = Lock(
            model=spec.name, config="../../nnviz.yaml", written=spec.written, entry=spec.entry(),
            digests=dict.fromkeys(spec.graphs, "0" * 64),
            outputs={name: sha256(data).hexdigest() for name, data in files.items()},
            sources=hash_sources(paths, config.folder, hasher),
            numbers={"parameters": 11_689_512 + index, "macs": 422_784_000, "activations": 5_902_880, "nodes": 69},
        )  # fmt: skip
        write_diagram(spec.folder, files, lock)
    write_pages(find_pages(read_document(config.path), {}))


def hashed_files(folder: Path) -> list[str]:
    """All files that a check of the fleet has to hash: sources and outputs."""
    outputs = (p for p in folder.glob("diagrams/*/*") if p.name != "lock.json")
    return sorted(str(p) for p in (*folder.glob("src/*.py"), *outputs))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    make(target, int(sys.argv[2]), int(sys.argv[3]))
    (target / "files.json").write_text(json.dumps(hashed_files(target)))
