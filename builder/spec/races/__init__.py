"""Races: the same experiment with one thing changed, run against run."""
