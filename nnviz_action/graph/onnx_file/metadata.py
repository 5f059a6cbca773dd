"""What our ONNX files say beyond ONNX: the keys of metadata and their values."""

WEIGHT = "nnviz.weight"  # metadata of a kept tensor or of such a node: parameter (or nothing), frozen, buffer
CONSTANT = "constant"  # or this, of a large constant that is no weight
SIZES = "nnviz.sizes"  # metadata of the model: example sizes of its dynamic dimensions, batch=4
UNUSED = "nnviz.unused"  # metadata of the model: elements of parameters that it does not use, by kind
