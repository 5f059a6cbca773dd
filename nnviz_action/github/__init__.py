"""Where a job on GitHub runs, and what it says there: the only network of this program.

`environment` and `event` read once what the runner hands over, `rules` say what may be done with it, `pulls` which
pull request it is about. `client` asks the API and tries again, `faults` words what it refuses; `comments` writes
the one comment, `pictures` puts pictures on a `branch` of their own, `summary` writes the job's summary and
outputs, `workflow_commands` the lines that a log obeys. Nothing that a pull request chose decides where anything is
written. It calls `errors` alone. Begin with `environment`.
"""
