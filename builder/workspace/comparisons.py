"""Several documents that are trained to be compared: one experiment, one revision and one queued run of each."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

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
    """

    document: str
    name: str
    device: str


def submit_comparison(workspace: Workspace, entrants: Sequence[Entrant], owner: str = HOST) -> list[Run]:
    """A new experiment with the documents as its revisions, the last one its head, and a run of each, in this order.

    All or nothing: what fails half-way leaves neither experiment nor runs.

    Raises:
        WorkspaceUnusable: If something cannot be written.
    """
    runs: list[Run] = []
    try:
        with workspace.transaction():
            first = entrants[0]
            entry = workspace.create_experiment(first.document, owner)
            head = entry.head
            for entrant in entrants:
                # Of the first one this is the head already, and nothing is added.
                head = workspace.append_revision(entry.id, entrant.document, head).id
                runs.append(
                    workspace.submit(
                        entrant.document,
                        owner=owner,
                        experiment_id=entry.id,
                        revision=head,
                        device=entrant.device,
                        name=entrant.name,
                    )
                )
    except BaseException:
        for run in runs:
            shutil.rmtree(workspace.run_folder(run.id), ignore_errors=True)
        raise
    return runs
