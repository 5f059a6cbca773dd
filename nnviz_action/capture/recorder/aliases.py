"""The names that torch has for one function, and the one of them that is used here."""

ALIASES = {
    "iadd": "add", "isub": "sub", "imul": "mul", "truediv": "div", "itruediv": "div",
    "idiv": "div", "floordiv": "floor_divide", "ifloordiv": "floor_divide", "mod": "remainder", "imod": "remainder",
    "fmod_": "fmod", "ipow": "pow", "and": "bitwise_and", "iand": "bitwise_and",
    "or": "bitwise_or", "ior": "bitwise_or", "xor": "bitwise_xor",
    "ixor": "bitwise_xor", "invert": "bitwise_not", "lshift": "bitwise_left_shift", "rshift": "bitwise_right_shift",
    "multiply": "mul", "subtract": "sub", "divide": "div", "true_divide": "div", "negative": "neg", "absolute": "abs",
    "clip": "clamp", "concat": "cat", "concatenate": "cat", "greater": "gt", "greater_equal": "ge", "less": "lt",
    "less_equal": "le", "not_equal": "ne", "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh",
    "arctan": "atan", "arctan2": "atan2", "arctanh": "atanh", "fix": "trunc", "special.expit": "sigmoid",
    "special.logit": "logit", "special.softmax": "softmax", "special.log_softmax": "log_softmax",
    "special.expm1": "expm1", "special.log1p": "log1p", "special.exp2": "exp2", "special.erf": "erf",
    "special.erfc": "erfc", "special.erfinv": "erfinv", "special.round": "round", "special.sinc": "sinc",
    "special.logsumexp": "logsumexp", "special.xlogy": "xlogy", "special.psi": "digamma",
    "special.digamma": "digamma",
    "special.gammaln": "lgamma", "special.i0": "i0", "matmul": "matmul", "mm": "matmul", "bmm": "matmul",
    "mv": "matmul", "dot": "matmul", "linalg.matmul": "matmul", "imatmul": "matmul", "row_stack": "vstack",
    "moveaxis": "movedim", "swapaxes": "transpose", "swapdims": "transpose", "max_pool1d_with_indices": "max_pool1d",
    "max_pool2d_with_indices": "max_pool2d", "max_pool3d_with_indices": "max_pool3d", "ger": "outer",
    "linalg.det": "det", "inverse": "linalg.inv", "linalg.matrix_power": "matrix_power",
    "orgqr": "householder_product",
    "linalg.multi_dot": "chain_matmul", "linalg.cross": "cross", "view_as": "reshape", "reshape_as": "reshape",
    "view": "reshape", "flatten": "reshape", "unflatten": "reshape", "ravel": "reshape", "expand_as": "expand",
    "broadcast_to": "expand", "type": "to", "type_as": "to", "float": "to", "double": "to", "half": "to",
    "bfloat16": "to", "long": "to", "int": "to", "short": "to", "char": "to", "byte": "to", "bool": "to",
    "cfloat": "to", "cdouble": "to", "chalf": "to", "cpu": "to", "cuda": "to", "data": "detach", "deepcopy": "clone",
    "copy": "copy", "threshold_": "threshold", "hardtanh_": "hardtanh", "upsample": "interpolate",
    "pad_sequence": "pad_sequence", "VF.lstm": "lstm", "sparse.mm": "matmul", "arange": "arange",
    "fill": "fill", "zero": "zero", "nn.init.zeros": "zero", "nn.init.uniform": "uniform", "nn.init.normal": "normal",
}  # fmt: skip
ALIASES = {name: one for name, one in ALIASES.items() if name != one}

# The same with what stands left and right changed over.
REVERSED = {
    "radd": "add", "rmul": "mul", "rand__": "bitwise_and", "ror": "bitwise_or", "rxor": "bitwise_xor",
    "rsub": "sub", "rdiv": "div", "rtruediv": "div", "rfloordiv": "floor_divide", "rpow": "pow", "rmatmul": "matmul",
    "rmod": "remainder", "rlshift": "bitwise_left_shift", "rrshift": "bitwise_right_shift",
}  # fmt: skip

# What makes numbers by chance, whatever mode the model is in.
RANDOM = frozenset(
    """rand randn randint randperm normal bernoulli multinomial poisson uniform exponential cauchy geometric
    log_normal
    random standard_gamma sample_dirichlet binomial gumbel_softmax nn.init.xavier_uniform nn.init.xavier_normal
    nn.init.kaiming_uniform nn.init.kaiming_normal nn.init.trunc_normal nn.init.orthogonal nn.init.sparse
    fractional_max_pool2d fractional_max_pool3d trunc_normal""".split()  # noqa: SIM905
)

# What fills a tensor whatever was in it.
FILLING = frozenset("uniform exponential cauchy geometric log_normal random normal fill zero".split())  # noqa: SIM905

DROPOUTS = {
    "dropout": True, "dropout1d": True, "dropout2d": True, "dropout3d": True, "feature_dropout": True,
    "alpha_dropout": False, "feature_alpha_dropout": False,
}  # fmt: skip
