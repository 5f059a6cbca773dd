"""torchvision's models, also beside a CPU-only torch.

torchvision on PyPI is compiled against the CUDA build of torch. Beside another build its import stops at the first
compiled operator that it misses. The models need none of them, so each is declared, without an implementation, until
the import passes. With a torchvision that matches torch, `from torchvision.models import …` is all that is needed.
"""

import re
import sys

import torch

_declared: list[torch.library.Library] = []  # held, or what it declares goes with it


def _import_torchvision() -> None:
    while True:
        try:
            import torchvision  # noqa: F401, PLC0415

            return
        except RuntimeError as error:
            missing = re.search(r"operator torchvision::(\w+) does not exist", str(error))
            if missing is None:
                raise
            if not _declared:
                _declared.append(torch.library.Library("torchvision", "DEF"))
            _declared[0].define(f"{missing[1]}(Tensor a, Tensor b, float c) -> Tensor")
            for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
                del sys.modules[name]


_import_torchvision()

from torchvision.models import mobilenet_v3_small, resnet18, vgg16, vit_b_16  # noqa: E402

__all__ = ["mobilenet_v3_small", "resnet18", "vgg16", "vit_b_16"]
