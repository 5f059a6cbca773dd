"""All scripted edits, grouped by model, so that each base is exported once."""

import edits_blocks
import edits_small
import edits_timm
import edits_torchvision
import edits_transformers
from mutation import MUTATIONS

LIBRARIES = (edits_small, edits_blocks, edits_torchvision, edits_timm, edits_transformers)
_bases = list(dict.fromkeys(m.base.name for m in MUTATIONS.values()))
MUTATIONS_BY_MODEL = sorted(MUTATIONS.values(), key=lambda m: _bases.index(m.base.name))
