"""The step of a workflow on GitHub: its inputs, what each mode does, how the outcome is told. Begin with `step`."""
