"""Diagrams of PyTorch models that stay true: generated, committed, checked."""

__version__ = "0.1.0"
