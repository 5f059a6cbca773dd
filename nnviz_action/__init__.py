"""Diagrams of PyTorch models that stay true: generated, committed, checked.

In Python, `draw(model, x)` gives a picture of a live model, and `diff(before, after, x)` what is different between
two.

The rooms, each of which calls only those after it: `cli`, `live`; `project`; `report`; `capture`, `diff`, `github`,
`setup`; `render`; `drawing`, `freshness`; `config`, `graph`; `system`, and `errors` with their exit codes. The
`__init__` of each says what lives there; docs/design.md walks through them.
"""

__version__ = "0.1.0"
