"""How much a command tells."""

from typing import Literal

Verbosity = Literal["failures", "models", "stages"]
