"""The use cases, each on a whole config: what a command does once its line is read.

`survey` judges all models by their files, `check` and `generate` go on from there, `diagram` makes one model's
diagram, `record` writes a run down, `staged` asks about the next commit, `action/` is the step of a workflow. It may
call every room but `cli`, and hands values to `report`. Begin with `check` or `generate`.
"""
