"""The command line: the same engine and documents as the screen, for scripts, clusters and checks."""
