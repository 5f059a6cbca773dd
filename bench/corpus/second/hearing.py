"""torchaudio's models, also beside a CPU-only torch.

torchaudio on PyPI is compiled against the CUDA build of torch, and its import stops where its library cannot be
loaded. The models need nothing of it, so it is then imported as it would be had it been built without extensions.
"""

import sys
from types import ModuleType


def _import_torchaudio() -> None:
    try:
        import torchaudio
    except OSError:
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
            del sys.modules[name]
        without = ModuleType("torchaudio._extension")
        without._IS_TORCHAUDIO_EXT_AVAILABLE = False  # type: ignore[attr-defined]
        without.fail_if_no_align = lambda function: function  # type: ignore[attr-defined]
        sys.modules["torchaudio._extension"] = without
        import torchaudio  # noqa: F401


_import_torchaudio()
