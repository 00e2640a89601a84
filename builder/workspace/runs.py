"""Runs: submitting, the queue, status, commands."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from builder.workspace.errors import Deleted, NotFound, NotYours, TransitionNotAllowed, WorkspaceUnusable
from builder.workspace.life import ProcessIdentity, identity_of
from builder.workspace.owners import HOST
from builder.workspace.queue import fair_order
from builder.workspace.statuses import COMMANDS, FINAL, LIVE, RESUMABLE, check_transition
from builder.workspace.tables import Store

DOCUMENT_NAME = "document.json"
LOG_NAME = "log.txt"

_WHY_NOT_RESUMED = {
    "finished": "To train on, branch it with a longer duration.",
    "diverged": "From its newest checkpoint it would diverge again. Branch it with lower learning rates.",
    **dict.fromkeys(LIVE | {"queued"}, "There is nothing to resume."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One training of one document.

    Attributes:
        id: short and hard to guess; it stands in addresses.
        number: grows with every run of the workspace.
        revision: of the experiment it was submitted from.
        status: see `statuses`.
        reason: why it ended as it did, in words.
        summary: `val_accuracy`, `test_accuracy`, `num_steps`, `wall_seconds`, once known.
        process: of the trainer.
        tags: as its owner wrote them.
        notes: the same.
        deleted_at: when it was taken off the list, unix seconds; None unless it was.
    """

    id: str
    number: int
    owner: str
    experiment_id: str | None
    revision: int | None
    name: str
    device: str
    status: str
    reason: str
    summary: dict[str, Any] | None
    created_at: float
    started_at: float | None
    finished_at: float | None
    process: ProcessIdentity | None
    tags: tuple[str, ...] = ()
    notes: str = ""
    deleted_at: float | None = None

    @property
    def is_live(self) -> bool:
        """Whether a trainer should be at work on it."""
        return self.status in LIVE

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to it, unless it is resumed."""
        return self.status in FINAL

    @property
    def can_resume(self) -> bool:
        """Whether it ended before it was finished, and may go on."""
        return self.status in RESUMABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody asked of a run; `seq` grows."""

    seq: int
    kind: str
    payload: dict[str, Any]
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTotals:
    """What the runs of one experiment come to; `best_val_accuracy` is the best of those that have ended."""

    num_runs: int = 0
    num_live: int = 0
    num_queued: int = 0
    best_val_accuracy: float | None = None


class RunStore(Store):
    """The methods of a workspace that concern runs."""

    def submit(
        self,
        document: str,
        *,
        owner: str = HOST,
        experiment_id: str | None = None,
        revision: int | None = None,
        device: str = "auto",
        name: str | None = None,
        queue: bool = True,
        fill: Callable[[Path], None] | None = None,
    ) -> Run:
        """Store a run and its document.

        Args:
            document: validated JSON text.
            owner: whose turn in the queue it takes.
            experiment_id: where it comes from, if anywhere.
            revision: of that experiment.
            device: as the person chose it.
            name: by default the document's.
            queue: False if this process trains it itself, at once; no supervisor will start it.
            fill: puts more into the run's folder before any trainer can take it.
        """
        parsed = json.loads(document)
        run_id = secrets.token_hex(6)
        folder = self.run_folder(run_id)
        try:
            folder.mkdir(parents=True)
            (folder / DOCUMENT_NAME).write_text(document, encoding="utf-8")
            if fill is not None:
                fill(folder)
        except BaseException as error:
            # Whatever it is, no folder is left without its run.
            shutil.rmtree(folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise WorkspaceUnusable(f"The run's folder {folder} cannot be written: {error}.") from error
            raise
        now = time.time()
        with self._database.transaction():
            self._database.insert(
                "INSERT INTO run (id, owner, experiment_id, revision, name, device, status, reason, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?, 'queued', '', ?)",
                (run_id, owner, experiment_id, revision, name or str(parsed.get("name", "")), device, now),
            )
            if not queue:
                self._mark_starting(run_id, identity_of(os.getpid()))
        return self.run(run_id)

    def resume(self, run_id: str, *, queue: bool = True) -> Run:
        """Let a run that ended before its time go on from its newest checkpoint, or from its first step without one.

        Args:
            run_id: of the run; it takes its old place in the queue.
            queue: as for `submit`.

        Raises:
            TransitionNotAllowed: if it is live, finished or diverged.
        """
        with self._database.transaction():
            run = self.run(run_id)
            if not run.can_resume:
                raise TransitionNotAllowed(
                    f"Run {run_id} is {run.status}. {_WHY_NOT_RESUMED.get(run.status, '')}".strip()
                )
            # What was asked of it before, the stop above all, is done with.
            self._database.execute("DELETE FROM command WHERE run_id = ?", (run_id,))
            self.set_status(run_id, "queued")
            self._database.execute(
                "UPDATE run SET summary = NULL, finished_at = NULL, claim = NULL, pid = NULL, process_started = NULL "
                "WHERE id = ?",
                (run_id,),
            )
            if not queue:
                self._mark_starting(run_id, identity_of(os.getpid()))
            return self.run(run_id)

    def run_folder(self, run_id: str) -> Path:
        """Where a run keeps its document, rows, weights and log."""
        return self.folder / "runs" / run_id

    def has_runs(self, experiment_id: str) -> bool:
        """Whether an experiment has a run."""
        return bool(
            self._database.number(
                f"SELECT EXISTS ({_SELECT} WHERE experiment_id = ? AND deleted_at IS NULL)", (experiment_id,)
            )
        )

    def run(self, run_id: str) -> Run:
        """One run.

        Raises:
            NotFound: if this workspace has none of that id; `Deleted` if it can be restored.
        """
        run = self._run_or_deleted(run_id)
        if run.deleted_at is not None:
            raise Deleted(f"Run {run_id!r} was deleted.")
        return run

    def runs(self, owner: str | None = None, experiment_id: str | None = None, *, deleted: bool = False) -> list[Run]:
        """Runs of one owner and experiment, or all, newest first; with `deleted`, those that can be restored."""
        rows = self._database.rows(
            f"{_SELECT} WHERE (? IS NULL OR owner = ?) AND (? IS NULL OR experiment_id = ?) "
            "AND (deleted_at IS NOT NULL) = ? ORDER BY number DESC",
            (owner, owner, experiment_id, experiment_id, deleted),
        )
        return [_to_run(row) for row in rows]

    def _run_or_deleted(self, run_id: str) -> Run:
        row = self._database.row(f"{_SELECT} WHERE id = ?", (run_id,))
        if row is None:
            raise NotFound(f"There is no run {run_id!r} in {self.folder}.")
        return _to_run(row)

    def _own_run(self, run_id: str, by: str | None) -> Run:
        """A run, deleted or not, that somebody wants to change; None is whoever sits at the machine.

        Raises:
            NotYours: if it is somebody else's.
        """
        run = self._run_or_deleted(run_id)
        if by is not None and by != run.owner:
            whose = "the host" if run.owner == HOST else run.owner
            raise NotYours(f"Run #{run.number} belongs to {whose}. You can watch it and not change it.")
        return run

    def _mark(self, run_id: str, column: Literal["tags", "notes", "deleted_at"], value: Any) -> None:
        self._database.execute("INSERT OR IGNORE INTO mark (run_id) VALUES (?)", (run_id,))
        self._database.execute(_MARKING[column], (value, run_id))

    def run_totals(self) -> dict[str, RunTotals]:
        """Totals of every experiment that has runs, by its id, in one look."""
        rows = self._database.rows(
            "SELECT run.experiment_id, count(*) AS num_runs, count(live_run.id) AS num_live, "
            "sum(run.status = 'queued') AS num_queued, "
            "max(json_extract(run.summary, '$.val_accuracy')) AS best_val_accuracy "
            "FROM run LEFT JOIN live_run USING (number) LEFT JOIN mark ON mark.run_id = run.id "
            "WHERE run.experiment_id IS NOT NULL AND deleted_at IS NULL GROUP BY run.experiment_id"
        )
        return {row[0]: RunTotals(**{name: row[name] for name in row.keys()[1:]}) for row in rows}

    def runs_of_line(self, revision: int) -> list[str]:
        """Ids of the runs that a revision's document goes on from: its own, else those of its nearest ancestor with any."""
        nearest = self._database.row(
            "WITH RECURSIVE line (id, parent) AS (SELECT id, parent FROM revision WHERE id = ? "
            "UNION ALL SELECT revision.id, revision.parent FROM revision JOIN line ON revision.id = line.parent) "
            "SELECT id FROM line WHERE EXISTS (SELECT 1 FROM run WHERE revision = line.id) LIMIT 1",
            (revision,),
        )
        if nearest is None:
            return []
        return [row[0] for row in self._database.rows("SELECT id FROM run WHERE revision = ?", (nearest[0],))]

    def live_runs(self) -> list[Run]:
        """Runs that a trainer should be at work on, first started first."""
        return [_to_run(row) for row in self._database.rows(f"{_SELECT_LIVE} ORDER BY claim")]

    def run_document(self, run_id: str) -> str:
        """The document as it was submitted, JSON text."""
        return (self.run_folder(self.run(run_id).id) / DOCUMENT_NAME).read_text(encoding="utf-8")

    def set_status(self, run_id: str, status: str, reason: str = "", summary: Mapping[str, Any] | None = None) -> None:
        """Move a run to another status, in one transaction.

        Raises:
            TransitionNotAllowed: if it cannot follow the present one.
        """
        now = time.time()
        with self._database.transaction():
            check_transition(run_id, self.run(run_id).status, status)
            self._database.execute(
                "UPDATE run SET status = ?, reason = ?, summary = coalesce(?, summary), "
                "started_at = coalesce(started_at, ?), finished_at = coalesce(finished_at, ?) WHERE id = ?",
                (
                    status,
                    reason,
                    None if summary is None else json.dumps(dict(summary)),
                    now if status == "running" else None,
                    now if status in FINAL else None,
                    run_id,
                ),
            )

    def command(self, run_id: str, kind: str, **payload: Any) -> None:
        """Ask something of a run: `pause`, `resume`, `step`, `stop`, `set_pace`, `evaluate`, or a change of its groups.

        To stop a queued run ends it at once, and to stop an ended one asks for nothing.

        Raises:
            TransitionNotAllowed: if the run has ended.
        """
        if kind not in COMMANDS:
            raise ValueError(f"{kind!r} is no command; it is one of {', '.join(sorted(COMMANDS))}.")
        with self._database.transaction():
            run = self.run(run_id)
            if run.is_final and kind == "stop":
                return
            if run.is_final:
                raise TransitionNotAllowed(f"Run {run_id} is {run.status}; it can no longer {kind.replace('_', ' ')}.")
            if run.status == "queued" and kind == "stop":
                self.set_status(run_id, "stopped", "Stopped while it was waiting in the queue.")
                return
            self._database.insert(
                "INSERT INTO command (run_id, kind, payload, created_at) VALUES (?, ?, ?, ?)",
                (run_id, kind, json.dumps(payload, allow_nan=False), time.time()),
            )

    def take_commands(self, run_id: str, after: int = 0) -> list[Command]:
        """Commands to a run with a `seq` above `after`, in order."""
        rows = self._database.rows(
            "SELECT seq, kind, payload, created_at FROM command WHERE run_id = ? AND seq > ? ORDER BY seq",
            (run_id, after),
        )
        return [Command(**{**dict(row), "payload": json.loads(row["payload"])}) for row in rows]

    def stop_asked_at(self, run_id: str) -> float | None:
        """When somebody first asked the run to stop, in unix seconds."""
        row = self._database.row("SELECT min(created_at) FROM command WHERE run_id = ? AND kind = 'stop'", (run_id,))
        return row[0] if row else None

    def slots(self) -> int:
        """How many runs may be live at once; by default half the cores, and 2 at least so that twins can race."""
        return int(self.setting("slots", max(2, (os.cpu_count() or 1) // 2)))

    def set_slots(self, slots: int) -> None:
        """Set how many runs may be live at once."""
        if slots < 1:
            raise ValueError(f"{slots} slots would start no run. Set 1 or more.")
        self.set_setting("slots", slots)

    def queue(self) -> list[str]:
        """Ids of the queued runs, next to start first."""
        queued = self._database.rows("SELECT number, owner, id FROM run WHERE status = 'queued' ORDER BY number")
        num_live = self._database.rows("SELECT owner, count(*) FROM live_run GROUP BY owner")
        claims = self._database.rows("SELECT owner, max(claim) FROM run WHERE claim IS NOT NULL GROUP BY owner")
        ids = {row["number"]: row["id"] for row in queued}
        order = fair_order(
            [(row["number"], row["owner"]) for row in queued],
            {row[0]: row[1] for row in num_live},
            {row[0]: row[1] for row in claims},
        )
        return [ids[number] for number in order]

    def queue_place(self, run_id: str) -> int | None:
        """1 for the next run to start; None for a run that is not queued."""
        queue = self.queue()
        return queue.index(run_id) + 1 if run_id in queue else None

    def can_claim(self) -> bool:
        """Whether a run is queued and a slot free."""
        is_waiting = self._database.row("SELECT 1 FROM run WHERE status = 'queued' LIMIT 1") is not None
        return is_waiting and self._database.number("SELECT count(*) FROM live_run") < self.slots()

    def claim_next(self, process: ProcessIdentity) -> Run | None:
        """Give the next queued run to a trainer, if a slot is free; two claims never return the same run."""
        with self._database.transaction():
            if not self.can_claim():
                return None
            run_id = self.queue()[0]
            self._mark_starting(run_id, process)
            return self.run(run_id)

    def record_process(self, run_id: str, process: ProcessIdentity) -> None:
        """Set which process trains a run."""
        self._database.execute(
            "UPDATE run SET pid = ?, process_started = ? WHERE id = ?", (process.pid, process.started, run_id)
        )

    def _mark_starting(self, run_id: str, process: ProcessIdentity) -> None:
        self.set_status(run_id, "starting")
        self.record_process(run_id, process)
        self._database.execute(
            "UPDATE run SET claim = (SELECT coalesce(max(claim), 0) + 1 FROM run) WHERE id = ?", (run_id,)
        )


_SELECT = (
    "SELECT run.*, coalesce(tags, '[]') AS tags, coalesce(notes, '') AS notes, deleted_at "
    "FROM run LEFT JOIN mark ON mark.run_id = run.id"
)
_MARKING = {
    "tags": "UPDATE mark SET tags = ? WHERE run_id = ?",
    "notes": "UPDATE mark SET notes = ? WHERE run_id = ?",
    "deleted_at": "UPDATE mark SET deleted_at = ? WHERE run_id = ?",
}
_SELECT_LIVE = _SELECT.replace("FROM run", "FROM live_run AS run")


def _to_run(row: Any) -> Run:
    fields = dict(row)
    fields["tags"] = tuple(json.loads(fields["tags"]))
    pid, started = fields.pop("pid"), fields.pop("process_started")
    del fields["claim"]
    fields["summary"] = json.loads(fields["summary"]) if fields["summary"] else None
    return Run(**fields, process=None if pid is None else ProcessIdentity(pid, started))
