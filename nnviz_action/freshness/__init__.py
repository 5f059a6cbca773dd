"""Whether a committed diagram is true: what its lock vouches for, held against what the disk and git say now.

`verdict` decides, from facts alone, and words what it finds; its rules touch no disk. `facts` gathers what the disk
says, by the `hashes` of files and of `syntax` trees, and words what happened to a source (`vision.py changed`);
`lock` is what was true when a diagram was written, and its format; `outputs` names and writes the files,
`proof` holds all of it against what was just made, by what its `contents` say, for a check that believes no lock;
`source_marks` tells whether a source changed meanwhile, `git_index` asks what the next commit holds, `history` what
locks said in earlier ones. `hook_note` keeps a note in git's folder by which the next hook sees, before any import,
that nothing changed. No model runs here. It calls `config`, `system` and `errors`. Begin with `verdict`.
"""
