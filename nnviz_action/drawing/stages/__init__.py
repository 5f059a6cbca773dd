"""A model in at most fourteen boxes: its stages, as a reader would name them.

`items` is the drawing as a tree of modules, in which equal neighbours of one class are one; `web` the parts that are
shown and what passes between them, which can be merged. `merging` merges what is no stage of its own, `opening` opens
modules while there is room, `words` says what a part is. Begin with `drawing/overview`.
"""
