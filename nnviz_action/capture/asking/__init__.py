"""Asking a model what it takes: `init` builds it as its repository does, and calls it until a forward pass succeeds.

`ask` is the whole of it, in the process of one model. `construct` builds the model, by the code of the repository or
by its signature (`signature`); `first` says what its inputs may be, by names; `search` calls the model, `listen`
hears which function failed on which input, and `repairs` makes the next guess of that. Nothing here knows what is
written of it: see `nnviz_action.setup.init`. Begin with `ask`.
"""
