"""Running captures in processes of their own: the only place that knows how they are started, watched and ended."""

from nnviz_action.capture.worker.capture import Captured, request
from nnviz_action.capture.worker.pool import Workers, needed_ahead
from nnviz_action.capture.worker.server import Ahead

__all__ = ["Ahead", "Captured", "Workers", "needed_ahead", "request"]
