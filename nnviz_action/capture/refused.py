"""What a capture does not let a model's code do."""

from nnviz_action.errors import ModelError


class RefusedError(ModelError):
    """The model's code does what none should while it is drawn: no other way to build the model helps."""
