"""An interpreter of the little Python that says what shapes go through a `forward`: nothing is imported or run.

`values` are what is known without running, `layers` and `tensors` what torch makes of shapes; `execute` takes
statements, `evaluate` expressions, `machine` keeps to the limits, `index` follows names through imports. Its parts
call each other, as expressions hold calls and calls hold expressions. Begin with `forward_walk`.
"""
