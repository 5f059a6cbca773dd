"""The author's graph: what a model calls in one forward pass, in its own words.

`record` is the whole of it. `recorder` keeps one call after the other, `work` counts its MACs, `values` are tensors
by identity and version, `modules` know where in the tree of modules it happens, `origins` where a tensor comes from
that no call made, `patches` hear calls that no mode sees, `control` takes `cond`, `scan` and their like,
`code_mark` hashes the code of an `autograd.Function`. `aliases` is the table of torch's names that are one;
`meaning` gives calls that mean the same one form, by it and by the rules of `arithmetic`, `options`, `layout`,
`reshapes`, `splits`, `indexing` and `sources`; `fusing` and `products` make one call of two, `frames` put layers
into their rows. `assemble` makes the graph; `recipes`, `steps` and `recipe_text` tell how buffers were made.
"""

from nnviz_action.capture.recorder.record import Recording, record

__all__ = ["Recording", "record"]
