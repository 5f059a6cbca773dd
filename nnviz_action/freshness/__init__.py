"""Whether a committed diagram is true: what its lock vouches for, held against what the disk and git say now.

`verdict` decides, from facts alone: its rules touch no disk. `facts` and `hashes` gather these facts, `lock` keeps
what was true when a diagram was written, `outputs` writes its files, `index` asks what the next commit holds. No
model runs here. It calls `config`, `system` and `errors`. Begin with `verdict`.
"""
