"""A drawing → a picture: placed, painted and written as SVG, PNG, Mermaid or a plot.

`picture` is the whole way to the files. `layout` asks Graphviz, in a child process (`engine`), for places alone;
`columns` cuts long chains, `sheet` says what is where, `card` what a box holds, `review` what of it cannot be read.
`style` has the sizes, and the colour of each kind in both themes; `svg` paints, `text` measures with the bundled
fonts only (`glyphs`, `font_runs`), `pixels` and `png` make the file. `mermaid`, `plot` and `netron` are other
pictures. It calls `drawing`, `freshness` for the names of files, `graph` and `system`. Begin with `picture`.
"""
