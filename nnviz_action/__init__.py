"""Diagrams of PyTorch models that stay true: generated, committed, checked.

The rooms, each of which calls only those after it: `cli`; `project`; `report`; `capture`, `diff`, `github`, `setup`;
`render`; `drawing`, `freshness`; `config`, `graph`; `system`. The `__init__` of each says what lives there.
"""

__version__ = "0.1.0"
