"""What `init` proposes for a repository: found in its text alone. Nothing of it is imported or run.

`scan` is the whole of it: `candidates` and `usage` find models, `factories` and `builders` how they are made,
`inputs` and `walk` what goes into them, `write` the config. Begin with `scan`.
"""
