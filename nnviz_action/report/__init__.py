"""What is told, and how it is laid out: on the terminal, in JSON, in a comment, a summary or a gallery.

`verdicts` prints a check and the command that mends it, as text, JSON and annotations (a status and its reasons are
worded in `freshness/verdict` and `freshness/facts`); `generate_report` prints a run of generate, `progress` how far
it is, `changes` the numbers that changed, `diff_formats` a diff, all in `table`s. `comment` is a pull request's
comment, its table too, with `comment_headline` above it, `record` the form in which a run's outcome travels between
jobs, `summary` the summary.md of a model, `gallery` the page of all; `escape` and `markdown` make foreign text
harmless. Nothing here decides or runs anything. It calls `comparison`, `render`, `drawing`, `freshness`, `graph`,
`config` and `setup` for values, `github` for what a log must not obey. Begin with `verdicts`.
"""
