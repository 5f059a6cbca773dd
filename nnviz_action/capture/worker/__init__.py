"""Running captures in processes of their own: how they are started, watched, limited and ended.

`pool` runs several models at a time, `attempts` follows one: `tries` decides which part is tried next and how,
`request` is what its process is asked, `answers` reads what is told. `server` keeps a process that has torch
imported already; where that cannot be, `spawn` starts each anew. `watch` ends what takes longer than `attempts`
gives it (`timeout` of the config, over all tries), `pipes` and `output` bound what it says, `left` reads the files
that it leaves, `failure` words how it ended. It imports no torch. Begin with `pool`.
"""

from nnviz_action.capture.worker.answers import Captured
from nnviz_action.capture.worker.left import Left
from nnviz_action.capture.worker.pool import Workers, needed_ahead
from nnviz_action.capture.worker.request import request
from nnviz_action.capture.worker.starter import Ahead
from nnviz_action.capture.worker.tries import WAYS

__all__ = ["WAYS", "Ahead", "Captured", "Left", "Workers", "needed_ahead", "request"]
