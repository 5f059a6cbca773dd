"""A model in at most fourteen boxes: its stages, as a reader would name them.

`items` is the drawing as a tree of modules, `runs` finds neighbours in it that are alike; `web` the parts that are
shown and what passes between them. Parts are only ever merged, so all that is shown is so: `steps` says where a
function belongs, `calls` makes one of several calls, `ends` of inputs and outputs, `merging` of layers in a row and
of what is too much. `opening` opens modules while there is room, `names` and `words` say what a part is. Begin with
`drawing/overview`.
"""
