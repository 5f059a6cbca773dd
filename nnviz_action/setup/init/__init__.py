"""What `init` proposes for a repository: found in its text alone. Nothing of it is imported or run.

`scan` is the whole of it: `files` are what is read, `candidates` find models, `usage` and `snippets` how they are
used, `factories` and `builders` how they are made, `inputs`, `walk` and `hints` what goes into them. `propose`
makes an entry of each, `targets` and `express` say it in a config's words, `write` makes the text; `hook` and
`workflow` write these two. Begin with `scan`.
"""
