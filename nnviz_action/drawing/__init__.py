"""From a graph to what a picture shows: boxes in nested modules, and arrows between them.

`boxes` are the values. `units` says which operators are one box, `kinds` which kind it is and hence its colour (the
colours are in `render/style`), `details` words its lines: of recorded calls by `call_lines`, of ONNX's operators by
`operator_lines` and `products`. `forward` makes the drawing, `auxiliary` frames what is computed beside the network.
`blocks` finds what is equal in a row, `alike` decides by its `wiring` how much of it becomes ×N, `repeats` folds it,
and `copies` are their values. `fold` closes modules until the rest can be read: `scopes` are the modules, `openings`
decides which are open, `closed` words those that are not by their `contents` or `likeness`, `pairs` and `followers`
put norms and activations to their layer. `focus` draws one module alone, `overview` the `stages` of all. Of what
autograd recorded `backward_layers` makes a card for each layer, as `backward_groups` tells. Nothing here knows of
pixels, themes or files: that is `render`. It calls `graph` alone. Begin with `boxes`.
"""
