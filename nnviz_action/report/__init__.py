"""Verdicts and results, rendered for people and machines."""
