"""Downloads of data sets that a page has asked for: each in a short-lived child, which says how far it is.

One setting per data set holds the newest download; the child alone moves it on.
"""

from __future__ import annotations

import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import Any

from builder.spec.datasets import DATASETS
from builder.workspace.data_files import DataSettings, availability
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.life import ProcessIdentity, end_group, identity_of, is_running, signal_group
from builder.workspace.processes import start_module
from builder.workspace.store import Workspace

# A name, so that this part imports nothing that reads data.
FETCH_MODULE = "builder.data.fetch"
LOG_NAME = "download.log"
ENDED_EARLY = "The download ended before it was complete. Try again; {log} may say more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """The newest download of a data set.

    Attributes:
        dataset: The data set's name.
        is_running: Whether a process is at it.
        bytes_done: Of `bytes_total`.
        problem: Why it failed, in words; empty while it runs and if it succeeded.
    """

    dataset: str
    is_running: bool
    bytes_done: int
    bytes_total: int
    problem: str


def start_download(workspace: Workspace, dataset: str) -> None:
    """Starts fetching a data set, unless that goes on already; returns in milliseconds.

    Raises:
        WorkspaceUnusable: If no process can be started.
    """
    with workspace.transaction():
        found = download_of(workspace, dataset)
        if found and found.is_running:
            return
        try:
            with (workspace.folder / LOG_NAME).open("ab") as log:
                process = start_module(
                    FETCH_MODULE,
                    [dataset, "--workspace", str(workspace.folder)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
        except OSError as error:
            raise WorkspaceUnusable(f"The download of {dataset} could not be started: {error}.") from error
        identity = identity_of(process.pid)
        total = availability(dataset, DataSettings.from_environment()).download_bytes
        # The child's first word waits for the end of this transaction.
        workspace.set_setting(
            _key(dataset), {"pid": identity.pid, "started": identity.started, "bytes_done": 0, "bytes_total": total}
        )
    # Whoever starts a process must also take note of its end, or it stays in the process table.
    threading.Thread(target=process.wait, name="download's end", daemon=True).start()


def download_of(workspace: Workspace, dataset: str) -> Download | None:
    """The newest download of a data set, as it is now; None if none was ever asked for or it was cancelled."""
    found: dict[str, Any] | None = workspace.setting(_key(dataset))
    if found is None:
        return None
    has_ended = "problem" in found
    runs = not has_ended and is_running(ProcessIdentity(found["pid"], found["started"]))
    problem = found.get("problem", "" if runs else ENDED_EARLY.format(log=workspace.folder / LOG_NAME))
    return Download(
        dataset=dataset,
        is_running=runs,
        bytes_done=found["bytes_done"],
        bytes_total=found["bytes_total"],
        problem=problem,
    )


def cancel_download(workspace: Workspace, dataset: str) -> None:
    """Ends a download; the next one clears away what it leaves half."""
    identity = _process_of(workspace, dataset)
    workspace.set_setting(_key(dataset), None)
    if identity is not None:
        signal_group(identity, signal.SIGTERM)


def end_downloads(workspace: Workspace) -> None:
    """Ends every download of this workspace and waits until it has."""
    for dataset in DATASETS:
        identity = _process_of(workspace, dataset)
        if identity is not None:
            workspace.set_setting(_key(dataset), None)
            end_group(identity)


def note_progress(workspace: Workspace, dataset: str, bytes_done: int, bytes_total: int) -> None:
    """Says how far a download is; for the process that does it."""
    _note(workspace, dataset, bytes_done=bytes_done, bytes_total=bytes_total)


def note_end(workspace: Workspace, dataset: str, problem: str = "") -> None:
    """Says that a download has ended, and why it failed if it has; for the process that does it."""
    _note(workspace, dataset, problem=problem)


def _note(workspace: Workspace, dataset: str, **entries: Any) -> None:
    with workspace.transaction():
        found = workspace.setting(_key(dataset))
        # None: it was cancelled, and this process is about to be ended.
        if found is not None:
            workspace.set_setting(_key(dataset), {**found, **entries})


def _process_of(workspace: Workspace, dataset: str) -> ProcessIdentity | None:
    found = workspace.setting(_key(dataset))
    identity = ProcessIdentity(found["pid"], found["started"]) if found and "problem" not in found else None
    return identity if identity and is_running(identity) else None


def _key(dataset: str) -> str:
    return f"download:{dataset}"
