"""What to do about an exception of the user's code, or of torch about it: by what its message says."""

import re
import sys

SHAPES = "compare the shapes under  inputs:  with what this line takes; images are [batch, channels, height, width]"
_VALUES = (
    "a tensor's value decides here, and a graph is one for all values: use torch.where or torch.cond, "
    "or decide by an argument of the config"
)
NETWORK = (
    "build the model without its weights, as no diagram shows them (weights=None, pretrained=False, from_config)\n"
    "  weights: keep  lets the model use the network"
)
_NO_WEIGHTS = "no diagram shows the values of weights: build the model without them"

# Patterns for "Class: message"; the first that is found there tells the cure.
_CURES = {
    "^GuardOnDataDependent|^DataDependentOutput|data-dependent": _VALUES,
    "^ModuleNotFoundError": "install it here, or add the folder that holds it to  pythonpath:",
    "partially initialized module": "they import each other: move one import into the function that needs it",
    "I/O operation on closed file": "leave sys.stdout and sys.stderr open: torch asks what they are",
    "^EOFError": "nobody answers here: stdin is empty; let an argument say what it asks for",
    "ScriptModule is not supported": "name the Module that was scripted or traced: its Python code is what is drawn",
    "torch.classes.quantized": "draw the model before it is quantised: torch exports no packed weights",
    "relative import": "name it as part of its package, package.module:Name, instead of by its file",
    "^SyntaxError|^IndentationError|^TabError": "this line is not valid Python {}.{}".format(*sys.version_info[:2]),
    "shared object|undefined symbol|file too short|ELF header": (
        "this package was built for another Python, torch or CUDA: install it anew, here"
    ),
    "operator torchvision::": (
        "torch and torchvision are of different builds: install the two together\n"
        "  nnviz-action doctor  has the command"
    ),
    "deserialize object on a CUDA device": "this was saved on a GPU: torch.load(…, map_location='cpu')",
    "No CUDA GPUs|not compiled with CUDA|NVIDIA driver|on the same device": (
        "the model is built for CUDA: let an argument choose the device"
    ),
    "in training mode": (
        "autograd is drawn in train mode: give what it needs there under  inputs:, or choose  mode: {autograd: eval}"
    ),
    "loading state_dict": f"these are the weights of another model: see  args:  and  kwargs:\n  {_NO_WEIGHTS}",
    "^SystemExit": (
        'this ends the program: what runs the module as a script belongs below  if __name__ == "__main__":'
    ),
    r"^(URL|HTTP|MaxRetry|Connect\w*|LocalEntryNotFound|OfflineModeIsEnabled)(Error)?:|couldn't connect": NETWORK,
    "^FileNotFoundError": f"paths in the model's code count from the config's folder\n  {_NO_WEIGHTS}",
    "scalar types?:? Long|the following scalar types|expected .*Long": (
        "write  {shape: […], dtype: int64}  for this tensor under  inputs:"
    ),
    "index out of range in self": (
        "set  high:  of this tensor under  inputs:  to the number of rows in the embedding, or less"
    ),
    "^OutOfMemoryError|^_?\\w*MemoryError|can't allocate memory|Errno 12": (
        "make the inputs or the model smaller; without  fake: never  its weights take no memory\n"
        "  memory:  of the entry says how much it may take"
    ),
    r"\.numpy\(\) is not|call numpy|to numpy": (
        "a graph holds torch's operators alone: do this in torch, or outside of forward"
    ),
    "before Module.__init__": "call  super().__init__()  first",
    'missing the required "forward"': "give the class a method  forward(self, …)",
    "process group has not been": "name the model itself, without DistributedDataParallel around it",
    "^RecursionError": "this calls itself without end",
    "^SystemError: error return without exception": (  # what CPython makes of no memory deep in a recursion
        "memory or the stack ran out inside Python: see whether this calls itself without end"
    ),
    r"\[Errno (28|122)\]": "make room; temporary files lie in the folder that TMPDIR names",
    r"\[Errno 24\]": "raise the limit (ulimit -n 4096), or take fewer models at a time (--jobs 1)",
    r"cannot be multiplied|reduction dim|expected (input|\d+D)|to have \d+ channels|must match|size mismatch"
    r"|kernel size|invalid for input|same number of dim|sizes of tensors": SHAPES,
}


def cure(message: str) -> str | None:
    """What to do about an error of this class and message, where that is known."""
    return next((cure for pattern, cure in _CURES.items() if re.search(pattern, message, re.IGNORECASE)), None)
