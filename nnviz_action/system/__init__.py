"""What the operating system and git are asked.

Files that anybody may have put there, temporary folders, processes of ours, how long a stage takes; where a
repository is, and what its commits hold. It knows nothing of models, and calls nothing but `errors`; any room may
call it. Begin with `files`, or with `revisions` for git.
"""
