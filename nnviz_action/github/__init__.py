"""Where a job on GitHub runs, and what it says there: the only network of this program.

`environment` and `event` read once what the runner hands over, `rules` say what may be done with it, `comments` and
`pictures` write. Nothing that a pull request chose decides where anything is written. It calls `errors` alone. Begin
with `environment`.
"""
