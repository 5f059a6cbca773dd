"""A drawing → a picture: placed, painted and written as SVG, PNG, Mermaid or a plot.

`picture` is the whole way to the files, `overview` that of a model's stages. `card` says what a box holds,
`layout/` where it stands and how far apart (`layout/heights` downwards, `layout/across` sideways) and sets what is
long in columns (`layout/wrap`), `sheet` adds heading and legend, `shades` tells by colour what a box costs,
`review` finds what cannot be read. `style` has the sizes of cards, text and pages, and the colour of each kind in
both themes; `svg` paints, `text` measures with the bundled fonts only (`glyphs`, `font_runs`), `pixels` and `png`
make the file. `mermaid`, `plot` and `netron` are other pictures. It calls `drawing`, `freshness` for the names of
files, `graph` and `system`. Begin with `picture`.
"""
