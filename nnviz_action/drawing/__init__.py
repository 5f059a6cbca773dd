"""From a graph to what a picture shows: boxes in nested modules, and arrows between them.

`boxes` are the values. `units` says which operators are one box, `forward` makes the drawing, `details` words its
lines. `blocks` decides what is equal and becomes ×N, and `repeats` folds it; `fold` closes modules until the rest can
be read. Nothing here knows of pixels, themes or files: that is `render`. It calls `graph` alone. Begin with `boxes`.
"""
