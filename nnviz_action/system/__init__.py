"""What the operating system, the environment and git are asked.

`files` reads what anybody may have put there, `temporary` makes folders for what is under way, `child` starts one
of our modules as a process; `repository` finds the root without git, `revisions` asks git what commits hold,
`large_files` what Git LFS keeps.
`installed` and `distributions` say which versions there are, `environment` which tool this Python belongs to (pip,
uv, poetry …), `install` the command of that tool which installs what is missing. It knows nothing of models, and
calls nothing but `errors`; any room may call it. Begin with `files`, or with `revisions` for git.
"""
