"""A model's process that is asked what the model takes: see `nnviz_action.capture.asking`."""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nnviz_action.capture.worker.attempts import LONGEST_START
from nnviz_action.capture.worker.output import Silence
from nnviz_action.capture.worker.pipes import listen, relay
from nnviz_action.capture.worker.starter import Process
from nnviz_action.capture.worker.watch import Watch
from nnviz_action.system.plain_text import plain

MOST_MEMORY = 16 * 2**30  # bytes, where the repository has models that no machine of its readers holds


def asked(question: Mapping[str, Any], folder: Path, root: Path, out: Path) -> dict[str, Any]:
    """The request of the process. A module that several questions begin with is imported once."""
    names = [str((folder / path).resolve()) for path in question["pythonpath"]]
    shared = json.dumps([question["model"].rpartition(":")[0], names, "asked"]) if question["shared"] else ""
    places = {"folder": str(folder), "root": str(root), "pythonpath": names, "out": str(out)}
    rest: dict[str, Any] = {
        "onnx": None,
        "memory": MOST_MEMORY,
        "way": "meta",
        "weights": "none",
        "excluded": [],
        "dims": {},
    }
    return {**question, **places, **rest, "shared": shared}


def hear(process: Process, seconds: float, stopping: Callable[[], bool]) -> dict[str, Any]:
    """The answer of a process, with `failure` where it has none."""
    answer: dict[str, Any] = {}
    watch = Watch(process, 0 if stopping() else LONGEST_START)
    output = Silence()

    def take(event: Mapping[str, Any]) -> None:
        if event["event"] == "ready":
            watch.begin(seconds)
        elif event["event"] in ("answer", "error") and not answer:
            answer.update(event)

    listener = threading.Thread(target=relay, args=(process.errors, watch.over, output), daemon=True)
    listener.start()
    try:
        if not listen(process.events, watch.over, take):
            watch.over.wait()
    finally:
        watch.close()
        listener.join()
    if watch.late and not answer.get("inputs"):
        return {"failure": f"stopped after {seconds:g} s", "hint": "give it longer:  --timeout"}
    if answer.get("event") == "error":
        hint = answer.get("hint")
        told = {"failure": plain(str(answer.get("message"))), "hint": plain(str(hint)) if hint else None}
        return {**told, "missing": answer.get("missing")}
    return answer or {"failure": plain(f"its code ended the process{output.last}")}
