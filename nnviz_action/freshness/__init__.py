"""Whether a committed diagram is true: what its lock vouches for, held against what the disk and git say now.

`verdict` decides, from facts alone: its rules touch no disk. `facts` gathers what the disk says, by the `hashes` of
files and syntax trees; `lock` is what was true when a diagram was written, and its format; `outputs` writes the
files, `git_index` asks what the next commit holds. No model runs here. It calls `config`, `system` and `errors`.
Begin with `verdict`.
"""
