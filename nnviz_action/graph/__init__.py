"""The waist of the program: a model's forward graph as plain, frozen, ordered values.

Its digest, what it costs in parameters, MACs and bytes, how such numbers are written, and (in `onnx_file`) the ONNX
files that it is read from and written to. It runs no model and draws nothing; it calls `system` and `errors` alone.
Begin with `values`.
"""
