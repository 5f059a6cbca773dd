"""What this environment has and lacks, each with the command that mends it. It looks, and changes nothing.

A `Finding` is a line of the report; `packages` (torch, its extras, what draws), `repository` (git, hook, workflow)
and `models` (the config) make them. `probe` imports packages in a process of its own, as a broken one may crash.
Begin with `finding`.
"""
