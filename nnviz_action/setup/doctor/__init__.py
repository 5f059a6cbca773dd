"""What this environment has and lacks, each with the command that mends it. It looks, and changes nothing.

A `Finding` is a line of the report; `packages`, `repository` and `models` make them. Begin with `finding`.
"""
