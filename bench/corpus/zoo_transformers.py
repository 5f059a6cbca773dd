"""Models of transformers from their configurations alone, with random weights and no cache of keys."""

import vision  # noqa: F401  # transformers imports torchvision: beside any build of torch after it

# isort: split
import transformers
from transformers import PreTrainedModel


def make(kind: str, task: str = "Model", **config: object) -> PreTrainedModel:
    """A model by the name of its config class and what it is for."""
    made = getattr(transformers, f"{kind}Config")(**config)
    if hasattr(made, "use_cache"):
        made.use_cache = False
    return getattr(transformers, f"{kind}{task}")(made)
