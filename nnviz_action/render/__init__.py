"""A drawing → a picture: placed, painted and written as SVG, PNG, Mermaid or a plot.

`picture` is the whole way to the files, `overview` that of a model's stages. `layout` says where all lies,
`sheet` what is where, `card` what a box holds, `review` what of it cannot be read.
`style` has the sizes, and the colour of each kind in both themes; `svg` paints, `text` measures with the bundled
fonts only (`glyphs`, `font_runs`), `pixels` and `png` make the file. `mermaid`, `plot` and `netron` are other
pictures. It calls `drawing`, `freshness` for the names of files, `graph` and `system`. Begin with `picture`.
"""
