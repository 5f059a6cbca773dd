"""What is told, and in which words: on the terminal, in JSON, in a comment, a summary or a gallery.

Each file takes values and gives text; `record` is the form in which a run's outcome travels between jobs. Nothing
here decides or runs anything. It calls `diff`, `render`, `drawing`, `freshness` and `graph` for the values that it
tells, and `github` for how a line of a log is kept harmless. Begin with `verdicts` or `comment`.
"""
