"""The use cases, each on a whole config: what a command does once its line is read.

`check`, `generate`, `diff`, `history`, `merge`, `plan`, `init`, `doctor` and `netron_view` (of `view`) are the
commands'. `selection` says which models are meant, `survey` judges them by their files; `recapture` asks a capture
where files do not tell, `draw` makes the diagrams that are due, `diagram` and its `views` one of them,
`default_jobs` how many at a time; `gallery` writes their page. `staged` judges what the next commit lacks,
`hook_note` leaves the next hook a note that all is fresh. `snapshots` finds the diagrams of a commit, `compare`
what happened to each model since, `record` writes a run down; `action/` is the step of a workflow. It may call
every room but `cli`, and hands values to `report`. Begin with `check` or `generate`.
"""
