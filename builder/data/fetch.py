"""Fetches one data set into the cache and tells the workspace how far it is; then ends.

`python -m builder.data.fetch DATASET --workspace DIR`; `workspace.downloads.start_download` does that when a page asks.
"""

import argparse
from contextlib import closing
from pathlib import Path

from builder.data.download import read_files
from builder.data.files import DataUnavailable
from builder.spec.datasets import DATASETS
from builder.workspace.data_files import DataSettings
from builder.workspace.downloads import LOG_NAME, note_end, note_progress
from builder.workspace.log import redirect_output
from builder.workspace.store import Workspace


def fetch(workspace: Workspace, dataset: str, settings: DataSettings) -> None:
    """Downloads what is missing; how far it is and how it ended stand in the workspace."""

    def note(bytes_done: int, bytes_total: int, _file: str) -> None:
        # Each time: a file makes at most two hundred reports, and the last one before a pause must be seen.
        note_progress(workspace, dataset, bytes_done, bytes_total)

    try:
        read_files(DATASETS[dataset], settings, note)
    except DataUnavailable as error:
        note_end(workspace, dataset, str(error))
    else:
        note_end(workspace, dataset)


def main() -> None:
    """Reads the command line and fetches."""
    parser = argparse.ArgumentParser(prog="python -m builder.data.fetch", description=__doc__)
    parser.add_argument("dataset", choices=[name for name, facts in DATASETS.items() if not facts.embedded])
    parser.add_argument("--workspace", type=Path, required=True)
    options = parser.parse_args()
    with closing(Workspace.open(options.workspace)) as workspace:
        redirect_output(workspace.folder / LOG_NAME)
        fetch(workspace, options.dataset, DataSettings.from_environment())


if __name__ == "__main__":
    main()
