"""A model captured: its graphs, and the files that it was made from, by running its code once.

Two sides live here. `worker` is ours: it starts a process for each model, watches it and limits it, and never imports
torch. All other files are the model's side, run in that process: the only place with torch, imported by nobody but
started by `worker`. Begin with `worker/capture` for the one, with `process` and `run` for the other.
"""
