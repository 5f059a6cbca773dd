"""A model captured: its graphs, and the files that it was made from, by running its code once.

Two sides live here. `worker/` is ours: it starts a process for each model, watches it and limits it, and never
imports torch. All other files run in that process, the only place with torch, imported by nobody: `process` answers
one request, `run` makes the views, `reads` notes what was read, `failure` and `cures` word what went wrong; a
`fork_server` has torch imported, and a `zygote` (a process kept to be forked) the module that several models share.
"""
