"""The kinds of forgeries: what is done to a diagram, and to the lock beside it."""

import json
import re
import struct
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from forgery import PICTURES, Diagram, Forge, chunk, merged, said, swapped, taken, with_chunks, with_its_hash

from nnviz_action.freshness.hashes import Hasher, output_hash
from nnviz_action.freshness.lock import Source


def by(version: str, *names: str, tool: str = "torch") -> Forge:
    """The other network's files, and a lock that says another version of a package made them."""

    def forge(diagram: Diagram) -> None:
        diagram.take(*names)
        diagram.say(toolchain=diagram.lock.toolchain | {tool: version})

    return forge


def _frames(other: bytes) -> bytes:
    """An animation whose second frame, for ever, is the other picture: https://www.w3.org/TR/png-3/#apng-frame-based-animation."""
    width, height = struct.unpack(">II", other[16:24])
    pixels = other[other.index(b"IDAT") + 4 : other.index(b"IEND") - 8]
    control = [struct.pack(">IIIIIHHBB", n, width, height, 0, 0, 1, 1000, 0, 0) for n in (0, 1)]
    return b"".join([
        chunk(b"acTL", struct.pack(">II", 2, 1)), chunk(b"fcTL", control[0]), chunk(b"fcTL", control[1]),
        chunk(b"fdAT", struct.pack(">I", 2) + pixels),
    ])  # fmt: skip


def _other_palette(diagram: Diagram) -> None:
    data = diagram.read("overview.png")
    start = data.index(b"PLTE")
    size = struct.unpack(">I", data[start - 4 : start])[0]
    colours = bytes(255 - value for value in data[start + 4 : start + 4 + size])
    diagram.write("overview.png", data[: start - 4] + chunk(b"PLTE", colours) + data[start + 8 + size :])


def _json(change: Callable[[dict[str, Any]], object]) -> Forge:
    def forge(diagram: Diagram) -> None:
        data = json.loads(diagram.read("graph.json"))
        change(data)
        diagram.write("graph.json", json.dumps(data).encode())

    return forge


def _by_netron(diagram: Diagram) -> None:
    """Nobody asked for it, and it says that it was drawn from the true file."""
    model = sha256(diagram.read("model.onnx")).hexdigest()
    diagram.add("netron.svg", f'<svg data-nnviz-drawing="{model}"/>'.encode())


def _two_values(diagram: Diagram) -> None:
    """Of two values under one key we read the last, and a reader the first."""
    text = diagram.read("lock.json").decode()
    forged = text.replace(' "numbers": {', ' "numbers": {"parameters": 10},\n "numbers": {', 1)
    assert forged != text
    (diagram.folder / "lock.json").write_text(forged)


def _beside(name: str, taken_from: str) -> Forge:
    """A file that no lock names."""
    return lambda diagram: (diagram.folder / name).write_bytes((diagram.other / taken_from).read_bytes())


def _linked(diagram: Diagram) -> None:
    path = diagram.folder / "overview.png"
    path.unlink()
    path.symlink_to(diagram.other / "overview.png")
    sha = output_hash(diagram.other / "overview.png") or ""
    diagram.say(outputs=diagram.lock.outputs | {"overview.png": sha})


def _pointer(diagram: Diagram) -> None:
    sha = diagram.lock.outputs["overview.png"]
    (diagram.folder / "overview.png").write_text(
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha}\nsize 9\n"
    )


def _all(diagram: Diagram) -> None:
    diagram.take(*diagram.lock.outputs)


def _all_and_numbers(diagram: Diagram) -> None:
    _all(diagram)
    diagram.say(numbers=diagram.others_lock.numbers)


def _without_source(diagram: Diagram) -> None:
    diagram.say(sources={path: source for path, source in diagram.lock.sources.items() if path != "sizes.py"})


def _another_source(diagram: Diagram) -> None:
    source = Source(Hasher().text(str(diagram.folder.parent.parent / "nnviz.yaml")) or "")
    diagram.say(sources=diagram.lock.sources | {"nnviz.yaml": source})


def _future_tree(diagram: Diagram) -> None:
    """Another text of that tree would pass."""
    source = diagram.lock.sources["net.py"]
    tree = diagram.others_lock.sources["net.py"].tree
    diagram.say(sources=diagram.lock.sources | {"net.py": Source(source.text, tree)})


def _without_autograd(diagram: Diagram) -> None:
    for name in PICTURES:
        if name.startswith("autograd"):
            diagram.drop(name)
    digests = {"forward": diagram.lock.digests["forward"]}
    diagram.say(failed={"autograd": "RuntimeError: no gradients"}, digests=digests)


def _without_outputs(diagram: Diagram) -> None:
    _all(diagram)
    diagram.say(outputs={})


ELSEWHERE = {"toolchain": {"paint": "resvg 0.0.1, resvg-py 0.0.1"}}
FILES: dict[str, Forge] = {
    **{f"another network's {name}": taken(name) for name in ("model.onnx", "graph.json", "summary.md", *PICTURES)},
    "all files": _all,
    "all files and numbers": _all_and_numbers,
    "random bytes as model.onnx": lambda d: d.write("model.onnx", bytes(range(250)) * 4),
    "random bytes as overview.png": lambda d: d.write("overview.png", bytes(range(250)) * 4),
    "model.onnx with words in it": lambda d: d.write("model.onnx", d.read("model.onnx") + b"\x32\x05words"),
    "an animation": with_chunks("overview.png", _frames),
    "a profile of colours": with_chunks("overview.png", lambda _: chunk(b"gAMA", struct.pack(">I", 1)), b"PLTE"),
    "no colour visible": with_chunks("forward.png", lambda _: chunk(b"tRNS", bytes(80))),
    "other colours": _other_palette,
    "a picture behind the picture": lambda d: d.write("forward.png", d.read("forward.png") + (d.other / "forward.png").read_bytes()),
    "the light picture for dark pages": lambda d: d.write("overview-dark.png", d.read("overview.png")),
    "the overview as the forward graph": lambda d: d.write("forward.svg", d.read("overview.svg")),
    "the whole as its part": lambda d: d.write("forward.body.png", d.read("forward.png")),
    "a word in an SVG": swapped("overview.svg", "<title>net", "<title>brain"),
    "a picture over the SVG": swapped("overview.svg", "</svg>", '<image href="https://example.com/x.png"/></svg>'),
    "a script in the SVG": swapped("forward.svg", "</svg>", "<script>document.title = 1</script></svg>"),
    "an SVG that is blank": lambda d: d.write("overview.svg", d.read("overview.svg").replace(b"<rect", b"<g opacity='0'/><rect")),
    "more in graph.json": _json(lambda data: data.update(note="true")),
    "less in graph.json": _json(lambda data: data.popitem()),
    "graph.json laid out otherwise": _json(lambda _: None),
    "numbers in summary.md": lambda d: d.write("summary.md", re.sub(rb"- parameters: [\d,]+", b"- parameters: 10", d.read("summary.md"))),
    "words in summary.md": lambda d: d.write("summary.md", d.read("summary.md") + b"\n![](https://example.com/x.png)\n"),
    "a link to another picture": _linked,
    "a pointer to nothing": _pointer,
    "a picture with the hash of the true drawing": with_its_hash("overview.png"),
    "an SVG with the hash of the true drawing": with_its_hash("forward.svg"),
    "a picture painted elsewhere": by("resvg 0.0.1", "forward.png", tool="paint"),
    "pictures by another torch": by("2.0.0", "forward.png", "overview.svg"),
    "a graph by another torch": by("2.0.0", "graph.json"),
}  # fmt: skip
BESIDE: dict[str, Forge] = {
    "a picture more": lambda d: d.add("forward.head.png", (d.other / "forward.png").read_bytes()),
    "a picture more that no lock names": _beside("forward.head.svg", "forward.svg"),
    "a twin by case": _beside("Overview.png", "overview.png"),
    "a picture by Netron": _by_netron,
    "another case of the lock": _beside("LOCK.json", "lock.json"),
    "a picture of a change": _beside("net.diff.png", "overview.png"),
    "a name that is nobody's": lambda d: d.say(outputs=d.lock.outputs | {"../../net.py": "0" * 64}),
}  # fmt: skip
LOCK: dict[str, Forge] = {
    "model": said(model="other"),
    "config": said(config="../../gone.yaml"),
    "written": said(written="0" * 16),
    "entry": said(entry="0" * 16),
    "a digest": merged("digests", forward="0" * 64),
    "the other digest": merged("digests", autograd="0" * 64),
    "a digest less": merged("digests", autograd=None),
    "a digest more": merged("digests", backward="0" * 64),
    "no outputs": _without_outputs,
    "an output less": lambda d: d.say(outputs={n: sha for n, sha in d.lock.outputs.items() if n != "forward.png"}),
    "a source less": _without_source,
    "a source more": _another_source,
    "the syntax tree of a source": _future_tree,
    "packages": merged("packages", resnet="1.0"),
    "toolchain": merged("toolchain", torch=None),
    "weights": merged("weights", forward="real"),
    "opaque": said(opaque=("aten.relu",)),
    "parameters": merged("numbers", parameters=10),
    "macs": merged("numbers", macs=10),
    "saved": merged("numbers", saved=10),
    "opset": merged("numbers", opset=7),
    "a number more": merged("numbers", layers=7),
    "a number less": merged("numbers", parameters=None),
    "backward functions": merged("backward", forged=7),
    "a part that failed": _without_autograd,
    "an export that failed": lambda d: d.drop("model.onnx", failed={"onnx": "RuntimeError: no word for it"}),
    "a reason": said(failed={"onnx": "RuntimeError: no word for it"}),
    "two values of one key": _two_values,
    "edition": said(edition=4),
}  # fmt: skip
# What is told, and passes unless the config says `on_drift: fail`: nothing here can prove it, or disprove it.
TOLD: dict[str, Forge] = {
    "the hash of the true drawing, painted elsewhere": with_its_hash("overview.png", **ELSEWHERE),
    "an SVG with the hash, painted elsewhere": with_its_hash("forward.svg", **ELSEWHERE),
    "an export by another torch": by("2.0.0", "model.onnx"),
    "autograd by another torch": by("2.0.0", "autograd.png"),
}  # fmt: skip
