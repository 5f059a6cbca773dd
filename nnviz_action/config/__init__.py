"""What was asked: `nnviz.yaml`, read with the place of everything in it, checked, and told in values.

`document` reads the text, `schema` says what may stand in it and what holds where nothing does (`timeout`), `load`
makes a `Config` of it, `entry` a `ModelSpec` of each model: its name and its paths (`portable`, `patterns`), its
`inputs`. `budgets` and `shards` are what else a config or a command line limits, `explain` words pydantic's
findings. Only `load` and `schema` need pydantic: an entry that was checked once and has not changed since is taken
on trust, which saves its import. It calls `system` and `errors`. Begin with `document`.
"""

from nnviz_action.config.document import Document, option, read_document
from nnviz_action.config.spec import Config, ModelSpec

__all__ = ["Config", "Document", "ModelSpec", "option", "read_document"]
