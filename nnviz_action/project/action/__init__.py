"""The step of a workflow on GitHub: its `inputs`, what each of its `modes` does, how the outcome is told.

`step` is the whole of it; `comment` says whether there is one and what became of it, `pictures` how it comes to
show some. Begin with `step`.
"""
