"""The waist of the program: a model's forward graph as plain, frozen, ordered values.

`values` are the graph. `digest` tells whether two of them mean the same: it hashes names that the recorder has
already made one (`capture/recorder/aliases`, `meaning`). `formulas` and `formulas_fused` give the MACs of an ONNX
operator by the shapes of its operands, `sizes` the dimensions in numbers, `numbers` the sums of a whole graph,
`number_text` how a number is written (`11.7 M`). `graph_file` is the text that a graph is committed as, `onnx_file`
reads and writes ONNX. No model runs here and nothing is drawn; it calls `system` and `errors` alone. Begin with
`values`.
"""
