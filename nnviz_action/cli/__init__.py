"""The command line: one short file a command, which reads its line and calls its use case in `project`.

`main` holds the commands together, `options` are those that several share, `exit_code` is the one place where an
error becomes one. `entry` is where the process starts: a hook that finds nothing changed ends there, before click
is imported. `pytest_plugin` is another way in. It may call every room, and nobody calls it. Begin with `main`.
"""
