"""From a graph to what a picture shows: boxes in nested modules, and arrows between them.

What the author wrote as one thing becomes a box, equal blocks in a row become one ×N, and modules close until the
rest can be read. Nothing here knows of pixels, themes or files: that is `render`. It calls `graph` alone. Begin with
`boxes` for the values, with `forward` for how a graph becomes boxes, with `blocks` for ×N, `fold` for what closes.
"""
