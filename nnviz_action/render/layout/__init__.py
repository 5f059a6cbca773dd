"""Drawing → where everything lies, without a pixel painted.

`bodies` takes a drawing apart: what lies directly in each module, and what passes its frame. Of each body `chains`
finds the main path and the branches, which are straight lines; `heights` says how far down each box stands, `across`
how far to the right each chain, `routes` which way the other arrows go. `arrange` does so from the innermost module
outwards, so equal modules look alike; `pages` has what is too long cut into columns (`wrap`), `whole` puts all bodies
on one sheet. Begin with `pages`.
"""
