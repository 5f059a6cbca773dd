"""`nnviz.yaml`. Only `load` and `schema` need pydantic: what was checked once and has not changed since, `check`
takes on trust, and saves the import.
"""

from nnviz_action.config.document import Document, option, read_document
from nnviz_action.config.spec import Config, ModelSpec

__all__ = ["Config", "Document", "ModelSpec", "option", "read_document"]
