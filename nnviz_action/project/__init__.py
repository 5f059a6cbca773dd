"""The use cases, each on a whole config: what a command does once its line is read.

`selection` says which models are meant, `survey` judges them by their files; `check` and `generate` go on from there,
`recapture` asks a capture where files do not tell, `diagram` makes one model's diagram, `staged` judges what the next
commit lacks, `record` writes a run down; `action/` is the step of a workflow. It may call every room but `cli`, and
hands values to `report`. Begin with `check` or `generate`.
"""
