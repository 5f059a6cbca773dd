"""What is told, and in which words: on the terminal, in JSON, in a comment, a summary or a gallery.

`verdicts` words a check (fresh, stale, why), `generate_report` a run of generate, `comment` a pull request's comment
with `comment_headline` above it, `changes` a diff; `record` is the form in which a run's outcome travels between
jobs. Nothing here decides or runs anything. It calls `diff`, `render`, `drawing`, `freshness`, `graph`, `config` and
`setup` for values, `github` for what a log must not obey. Begin with `verdicts`.
"""
