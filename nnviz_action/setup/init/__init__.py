"""What `init` proposes for a repository: found in its text alone. Nothing of it is imported or run here.

`scan` is the whole of it: `files` are what is read, `modules` and `index` what they define and where names lead,
`candidates` find models, `factories` the functions that make them, `uses` and `snippets` how they are used. `cut`
takes a use out of the code (`place`, `callers`, `command_line`), `scripts` says what must not be imported, `plans` in
which order the ways to build a model are tried. To ask the model is the work of `project.trials`. `entries` makes an
entry of the answer, or of what `literals` tell by themselves, `targets` says how it is named, `write` makes the text;
`hook` and `workflow` write these two. Begin with `scan`.
"""
