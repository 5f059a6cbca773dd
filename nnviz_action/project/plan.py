"""`plan`: the matrix of a workflow's jobs, one a shard."""

import json
import sys

from nnviz_action.config.load import load_config
from nnviz_action.config.shards import divide
from nnviz_action.project.selection import open_document
from nnviz_action.project.shard_selection import operators


def plan(config_path: str, shards: int) -> int:
    """Print the matrix on stdout, and on stderr which models each shard draws. Never more shards than models."""
    document = open_document(config_path)
    load_config(document)  # a mistake is told here, once, instead of by every job
    sizes = operators(document)
    count = min(shards, len(sizes))
    parts = divide(sizes, count)
    for number, names in enumerate(parts, 1):
        total = sum(sizes[name] or 0 for name in names)
        sys.stderr.write(f"{number}/{count}: {total} operators: {', '.join(names)}\n")
    sys.stdout.write(json.dumps({"shard": [f"{number}/{count}" for number in range(1, count + 1)]}) + "\n")
    return 0
