"""The time of folding, laying out and painting, against other code: both sides in turn on one picture after the other.

Run as a script it is one side: it draws the captures that it is told on stdin, a name a line, and answers on stdout
with the seconds for that alone, and for all from the file that was recorded.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from redraw import read, render

import nnviz_action

MIXED = """tv-resnet18 tv-resnet152 tv-vit_b_16 tv-inception_v3 tv-googlenet tv-swin_t tv-densenet201
timm-efficientnet_b0 timm-pnasnet5large timm-levit_128s hf-gpt2 hf-t5 hf-deepseek_v3 hf-mamba2 hf-deformable_detr
diffusers-flux diffusers-unet_condition monai-unetr smp-unet yolo-v8 pyg-gat xt-encoder_decoder""".split()
ROUNDS = 5
BAR = 0.8
Seconds = tuple[float, float]


class Side:
    """A process that draws with the package of one clone."""

    def __init__(self, clone: Path, captured: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(captured)],
            env={**os.environ, "PYTHONPATH": str(clone)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def draw(self, name: str) -> Seconds | None:
        """The seconds for one picture; None where it fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().split()
        if not answer:
            raise SystemExit("a side ended: its own message is above")
        return (float(answer[0]), float(answer[1])) if len(answer) == 2 else None

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def compare(captured: Path, other: Path, names: Sequence[str], rounds: int) -> str:
    """A table of medians in Markdown, after a round that is not counted."""
    sides = Side(Path(nnviz_action.__file__).parents[1], captured), Side(other, captured)
    lines, alone, whole = [], [], []
    for name in names:
        times = [(sides[0].draw(name), sides[1].draw(name)) for _ in range(rounds + 1)][1:]
        drawn = [(ours, theirs) for ours, theirs in times if ours and theirs]
        if len(drawn) < rounds:
            lines.append(f"| {name} | failed | | | |")
            continue
        (ours, ours_all), (theirs, theirs_all) = (
            [median(pair[side][part] for pair in drawn) for part in (0, 1)] for side in (0, 1)
        )
        alone.append(ours / theirs)
        whole.append(ours_all / theirs_all)
        lines.append(f"| {name} | {ours:.2f} | {theirs:.2f} | {alone[-1]:.2f} × | {whole[-1]:.2f} × |")
        print(lines[-1], file=sys.stderr, flush=True)
    for side in sides:
        side.close()
    head = [
        "| model | ours, s | other, s | fold, layout, painting | all from the recorded file |",
        "|---|--:|--:|--:|--:|",
    ]
    return "\n".join([*head, *lines, "", _summary(alone, whole, rounds)])


def _summary(alone: Sequence[float], whole: Sequence[float], rounds: int) -> str:
    if not alone:
        return "No picture was drawn by both."
    return (
        f"Medians over {rounds} rounds in turn; median ratio of {len(alone)} models: fold, layout and painting "
        f"{median(alone):.2f} ×, most {max(alone):.2f} ×; with reading the file {median(whole):.2f} × (≤ {BAR} ×)."
    )


def main(captured: Path) -> None:
    """Be one side until stdin ends."""
    for line in sys.stdin:
        start = time.perf_counter()
        try:
            drawing, heading = read(captured / line.strip(), "forward")
            middle = time.perf_counter()
            render(drawing, heading, "forward")
            end = time.perf_counter()
            answer = f"{end - middle} {end - start}"
        except Exception as error:
            print(f"{line.strip()}: {type(error).__name__}: {error}", file=sys.stderr)
            answer = "failed"
        print(answer, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
