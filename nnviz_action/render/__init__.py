"""A drawing → a picture: placed, painted and written as SVG, PNG, Mermaid or a plot.

`layout` asks Graphviz, in a child process (`engine`), for places alone; `sheet` says what is where, `card` what a box
holds, `style` the colours of both themes; `svg` paints, `png` makes pixels with the bundled fonts only. It calls
`drawing`, `freshness` for the names of files, `graph` and `system`. Begin with `picture`.
"""
