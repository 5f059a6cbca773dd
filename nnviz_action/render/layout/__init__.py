"""Drawing → where everything lies, without a pixel painted.

`bodies` takes a drawing apart: what lies directly in each module, and what passes its frame. Of each body `chains`
finds the main path and the branches, which are straight lines; `heights` says how far down each box stands and how
much room is between two, `across` the same to the right (`patches`: what is taken there), `routes` which way the
other arrows go. `arrange` does so from the innermost module outwards, so equal modules look alike; `wrap` sets what
is too long in columns, and `pages` chooses how many. `values` is what comes out, `whole` turns it into pixels.
Begin with `pages`.

An overview may have another shape: from its main way and what is beside that (`paths`) `u_shape` and `side_by_side`
tell what stands left and right, and `columns` sets it there.
"""
