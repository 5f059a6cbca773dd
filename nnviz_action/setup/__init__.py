"""The first day in somebody's repository.

`init` finds the models of a repository, guesses their inputs and writes a config, a hook and a workflow; it reads
code and runs none. `doctor` tells what is missing here, and what mends it (the commands are made in
`system/install`). It calls `freshness`, `config`, `system` and `errors`; `doctor` asks `render` for what draws.
Begin with `init/scan` or `doctor/finding`.
"""
