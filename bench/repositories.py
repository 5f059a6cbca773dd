"""What `init` and `generate` make of repositories of others, without an edit.

Usage: python bench/repositories.py --from FOLDER [--jobs N] [NAME]...

Each folder in FOLDER is a checkout; it is copied, and only the copy is touched. What its models import must be there.
A main model is drawn where an entry of one of its names (`MAIN`) has a diagram; others are judged by no name.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

# The model that the repository is about, by the names that an entry of it may have.
MAIN = {
    "nanoGPT": "GPT", "vit-pytorch": "ViT", "Pytorch-UNet": "UNet|unet_carvana", "whisper": "Whisper", "CLIP": "CLIP",
    "detr": "DETR|detr_resnet50", "segment-anything": "Sam|build_sam\\w*", "ConvNeXt": "ConvNeXt|convnext_\\w+",
    "dinov2": "DinoVisionTransformer|dinov2_vit\\w+|vit_(small|base|large|giant2)", "yolov5": "DetectionModel|yolov5\\w|Model",
    "ESRGAN": "RRDBNet", "stargan": "Generator", "nerf-pytorch": "NeRF", "pointnet.pytorch": "PointNetCls",
    "pytorch-cifar": "ResNet(18)?|SimpleDLA", "wavenet_vocoder": "WaveNet", "mamba": "MambaLMHeadModel",
    "attention-is-all-you-need-pytorch": "Transformer", "llama": "Transformer", "examples": "Net|TransformerModel|RNNModel",
    "pytorch-tutorial": "EncoderCNN|DecoderRNN|NeuralNet", "minGPT": "GPT", "mae": "MaskedAutoencoderViT|mae_vit_\\w+",
    "Swin-Transformer": "SwinTransformer", "PyTorch-GAN": "Generator\\w*", "TCN": "TCN", "EfficientNet-PyTorch": "EfficientNet",
    "denoising-diffusion-pytorch": "Unet", "DeepLabV3Plus-Pytorch": "DeepLabV3|deeplabv3\\w*",
    "pytorch-cifar100": "ResNet|resnet\\w+|VGG|vgg\\w+", "WideResNet-pytorch": "WideResNet",
}  # fmt: skip
OURS = re.compile(r"(nnviz\.yaml|nnviz_models\.py|diagrams/|\.gitattributes)|.*__pycache__/")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--from", dest="folder", type=Path, required=True)
    parser.add_argument("--jobs", default="2")
    parser.add_argument("--timeout", default="60")
    parser.add_argument("--keep", type=Path, help="leave the copies here")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    names = options.names or sorted(path.name for path in options.folder.iterdir() if path.is_dir())
    work = options.keep or Path(tempfile.mkdtemp())
    rows = []
    for name in names:
        rows.append(measure(options.folder / name, work / name, options.jobs, options.timeout))
        print(f"| {' | '.join(map(str, rows[-1]))} |", flush=True)
    if not options.keep:
        shutil.rmtree(work)
    print("| repository | found | proposed | drawn | main model drawn | `init` | foreign files | crashes |")
    proposed, drawn = sum(row[2] for row in rows), sum(row[3] for row in rows)
    print(f"proposed {proposed}, drawn {drawn}; main drawn in {sum(row[4] == 'yes' for row in rows)} of {len(rows)}")


def measure(source: Path, folder: Path, jobs: str, timeout: str) -> tuple[Any, ...]:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder, symlinks=True)
    before = status(folder)
    begun = time.monotonic()
    init = run(folder, "init", "--jobs", jobs, "--timeout", timeout)
    seconds = time.monotonic() - begun
    print(
        f"\n===== {source.name}\n{init.stdout}{init.stderr[-4000:] if 'Traceback' in init.stderr else ''}", flush=True
    )
    models = yaml.safe_load((folder / "nnviz.yaml").read_text())["models"]
    found = len(models) + len(re.findall(r"(?m)^  # not (drawn|told): ", (folder / "nnviz.yaml").read_text()))
    generate = run(folder, "generate", "--jobs", jobs) if models else None
    drawn = [name for name in models if (folder / "diagrams" / name / "lock.json").is_file()]
    if generate is not None and len(drawn) < len(models):
        print(f"generate:\n{generate.stderr[-3000:]}", flush=True)
    foreign = sorted(line for line in status(folder) - before if not OURS.match(line))
    crashes = sum("Traceback" in done.stderr for done in (init, generate) if done is not None)
    pattern = MAIN.get(source.name, ".*")
    is_drawn = "yes" if any(re.fullmatch(rf"([\w-]+\.)?({pattern})(-\d+)?", name) for name in drawn) else "no"
    return source.name, found, len(models), len(drawn), is_drawn, f"{seconds:.0f} s", foreign or "", crashes


def status(folder: Path) -> set[str]:
    command = ["git", "status", "--porcelain", "--ignored", "-uall"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return {line[3:] for line in done.stdout.splitlines()}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nnviz_action", *arguments]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


if __name__ == "__main__":
    main()
