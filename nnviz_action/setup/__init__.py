"""The first day in somebody's repository.

`init` finds the models of a repository and how it uses them, and writes a config, a hook and a workflow; it reads
code and runs none: `project.trials` asks the models. `doctor` tells what is missing here, and what mends it (the
commands are made in `system/install`). It calls `freshness`, `config`, `system` and `errors`; `doctor` asks `render`
for what draws. Begin with `init/scan` or `doctor/finding`.
"""
