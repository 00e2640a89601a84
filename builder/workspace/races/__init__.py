"""Races as they stand on disk: which runs race, how each does, and what came of it in words."""
