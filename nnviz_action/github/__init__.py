"""Where a job on GitHub runs, and what it says there: the only network of this project."""
