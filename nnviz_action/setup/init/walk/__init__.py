"""An interpreter of the little Python that says what shapes go through a `forward`: nothing is imported or run.

Its parts call each other, as expressions hold calls and calls hold expressions. Begin with `forward_walk`.
"""
