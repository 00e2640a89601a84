"""The folder on disk: experiments, runs, rows, queue and processes; only this part knows its layout."""
