"""Several documents that are trained to be compared: one experiment, one revision and one queued run of each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.workspace.owners import HOST
from builder.workspace.runs import Run
from builder.workspace.store import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """One side of a comparison.

    Attributes:
        document: Validated JSON text.
        name: The run's, for the legend.
        device: As the document has it.
        fill: Puts more into the run's folder.
    """

    document: str
    name: str
    device: str
    fill: Callable[[Path], None] | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an entrant's run belongs: its experiment and its revision there."""

    entrant: Entrant
    experiment_id: str
    revision: int


def submit_comparison(
    workspace: Workspace, entrants: Sequence[Entrant], owner: str = HOST, opened: int = -1
) -> list[Run]:
    """A new experiment with the documents as its revisions, the opened one its head, and a run of each, in this order.

    All or nothing: what fails half-way leaves neither experiment nor runs.

    Args:
        workspace: For all of it.
        entrants: One or more.
        owner: Of the experiment and the runs.
        opened: Whose document is the head, by its place.

    Raises:
        WorkspaceUnusable: If something cannot be written.
    """
    runs: list[Run] = []
    try:
        with workspace.transaction():
            for seat in seats(workspace, entrants, owner, opened):
                runs.append(submit_seat(workspace, seat, owner))
    except BaseException:
        for run in runs:
            shutil.rmtree(workspace.run_folder(run.id), ignore_errors=True)
        raise
    return runs


def seats(workspace: Workspace, entrants: Sequence[Entrant], owner: str = HOST, opened: int = -1) -> list[Seat]:
    """The new experiment with its revisions, without any run; see `submit_comparison`."""
    last = entrants[opened]
    order = [*(each for each in entrants if each is not last), last]
    entry = workspace.create_experiment(order[0].document, owner)
    head, revisions = entry.head, {}
    for entrant in order:
        # Of the first one this is the head already, and nothing is added.
        head = workspace.append_revision(entry.id, entrant.document, head).id
        revisions[id(entrant)] = head
    return [Seat(entrant, entry.id, revisions[id(entrant)]) for entrant in entrants]


def submit_seat(workspace: Workspace, seat: Seat, owner: str = HOST, queue: bool = True) -> Run:
    """The run of one entrant; `queue` as for `Workspace.submit`."""
    return workspace.submit(
        seat.entrant.document,
        owner=owner,
        experiment_id=seat.experiment_id,
        revision=seat.revision,
        device=seat.entrant.device,
        name=seat.entrant.name,
        fill=seat.entrant.fill,
        queue=queue,
    )
