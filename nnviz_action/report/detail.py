"""How much a command tells."""

from typing import Literal

Detail = Literal["failures", "models", "stages"]
