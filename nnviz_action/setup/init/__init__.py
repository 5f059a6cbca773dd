"""What `init` proposes for a repository: found in its text alone. Nothing of it is imported or run."""
