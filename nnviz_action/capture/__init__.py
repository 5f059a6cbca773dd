"""A model captured: its graphs, and the files that it was made from, by running its code once.

`worker/` is our side: it starts a process for each model, watches and limits it, and never imports torch. All else
runs in that process, the only place with torch, imported by nobody. There `process` answers one request and `run`
makes the views: `target` finds the class, `build` makes the model without weights, `chance` draws those that a path
needs, `inputs` makes its tensors; `recorder/` makes the author's graph, `autograd` torchviz's, `export` the ONNX
file (`opaque`: what ONNX lacks), `saved` counts what training keeps. `reads` notes which files were read; `writes`,
`scripts`, `network` and `weights` refuse what a model's code must not do (`refused`). `private` is all that is used
of torch and not public, `failure` and `cures` word what went wrong, `apart` keeps processes from each other. A
`fork_server` has torch imported, and a `zygote` (a process kept to be forked) the module that several models share.
"""
