"""A drawing → a picture: placed, painted and written as SVG, PNG, Mermaid or a plot.

`layout` asks Graphviz, in a child process, for places alone; `sheet`, `card` and `svg` say what is where in which
colours; `png` makes pixels with the bundled fonts only. It decides nothing about what a model is. It calls `drawing`,
`freshness` for the names of files, and `system`. Begin with `picture`.
"""
