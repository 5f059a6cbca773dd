"""Running captures in processes of their own: how they are started, watched, limited and ended.

`pool` runs several models at a time, `capture` asks for one; `server` keeps a process that has torch imported
already; `watch` ends what takes too long and bounds what it prints, `pipes` read what comes back and trust none of
it. It imports no torch. Begin with `pool`.
"""

from nnviz_action.capture.worker.capture import Captured, request
from nnviz_action.capture.worker.pool import Workers, needed_ahead
from nnviz_action.capture.worker.server import Ahead

__all__ = ["Ahead", "Captured", "Workers", "needed_ahead", "request"]
