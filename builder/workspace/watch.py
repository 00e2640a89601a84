"""Watching live runs: which have died, and which do not answer Stop."""

from __future__ import annotations

import signal
import time

from builder.workspace import life
from builder.workspace.errors import NotFound, TransitionNotAllowed
from builder.workspace.log import last_lines
from builder.workspace.runs import LOG_NAME, Run
from builder.workspace.store import Workspace
from builder.workspace.trainers import Trainer, describe_exit

UNKNOWN = "The trainer was killed, signal unknown."
# Shares of the time that a trainer has to stop. Between two looks half a second goes by, and at its end it is gone.
_TERMINATE_AT, _KILL_AT = 0.9, 0.95


def lives(workspace: Workspace, run: Run) -> bool:
    """Whether the trainer of a live run is there, by its process and, once it has begun, by its lock."""
    if run.process is None or not life.is_running(run.process):
        return False
    return run.status == "starting" or life.is_alive(workspace.run_folder(run.id))


def mark_dead_runs(workspace: Workspace) -> list[str]:
    """Mark as crashed every live run whose trainer is gone; for when no supervisor watched. Returns their ids."""
    dead = [run.id for run in workspace.live_runs() if not lives(workspace, run)]
    return [run_id for run_id in dead if mark_ended(workspace, run_id, "crashed", UNKNOWN)]


def mark_ended(workspace: Workspace, run_id: str, status: str, reason: str) -> bool:
    """Give a run its final status, unless it has found one itself meanwhile; returns whether it had not."""
    log = workspace.run_folder(run_id) / LOG_NAME
    lines = last_lines(log)
    try:
        workspace.set_status(run_id, status, f"{reason}\n{lines}" if lines else reason)
    except (NotFound, TransitionNotAllowed):
        return False
    return True


class Watch:
    """The live runs of a workspace, those started here and those adopted from an earlier supervisor.

    Args:
        workspace: to watch.
        stop_seconds: how long a trainer may take to stop before its process is ended.
    """

    def __init__(self, workspace: Workspace, stop_seconds: float):
        self._workspace = workspace
        self._stop_seconds = stop_seconds
        self._children: dict[str, Trainer] = {}
        self._ended_at: dict[str, float] = {}
        self._terminated: set[str] = set()

    def add(self, run_id: str, trainer: Trainer) -> None:
        """Watch a run that was just assigned to a child."""
        if before := self._children.get(run_id):
            # The run was resumed so soon that its last trainer, which has given it up, has not left yet.
            before.dismiss()
        self._children[run_id] = trainer
        self._ended_at.pop(run_id, None)

    def children(self) -> list[Trainer]:
        """The trainers started here that have not ended."""
        return list(self._children.values())

    def is_empty(self) -> bool:
        """Whether no child is left."""
        return not self._children

    def reap(self) -> bool:
        """Settle the runs of children that have ended; returns whether there were any."""
        ended = [(run_id, code) for run_id, each in self._children.items() if (code := each.exit_code()) is not None]
        for run_id, code in ended:
            del self._children[run_id]
            self._settle(run_id, describe_exit(code))
        return bool(ended)

    def look(self) -> None:
        """Settle adopted runs that have died, and end what does not stop."""
        live = self._workspace.live_runs()
        for run in live:
            if run.id not in self._children and not lives(self._workspace, run):
                self._settle(run.id, UNKNOWN)
            else:
                self._end_if_overdue(run)
        self._end_lingering({run.id for run in live})

    def _settle(self, run_id: str, reason: str) -> None:
        if run_id not in self._terminated:
            mark_ended(self._workspace, run_id, "crashed", reason)
        else:
            self._terminated.remove(run_id)
            overdue = f"It did not stop within {self._stop_seconds:.0f} s of being asked, so its process was ended."
            mark_ended(self._workspace, run_id, "stopped", overdue)
        self._ended_at.pop(run_id, None)

    def _end_if_overdue(self, run: Run) -> None:
        asked_at = self._workspace.stop_asked_at(run.id)
        if asked_at is not None and run.process is not None:
            self._end(run.id, run.process, time.time() - asked_at)

    def _end_lingering(self, live: set[str]) -> None:
        """End children that stay although their run has ended; they would hold memory for ever."""
        for run_id, trainer in self._children.items():
            if run_id not in live:
                ended_at = self._ended_at.setdefault(run_id, time.monotonic())
                self._end(run_id, trainer.identity, time.monotonic() - ended_at)

    def _end(self, run_id: str, process: life.ProcessIdentity, seconds: float) -> None:
        """End a process that should have ended `seconds` ago, once it has had its time; one that is frozen too."""
        if seconds > _KILL_AT * self._stop_seconds:
            self._terminated.add(run_id)
            life.signal_group(process, getattr(signal, "SIGKILL", signal.SIGTERM))
        elif seconds > _TERMINATE_AT * self._stop_seconds and run_id not in self._terminated:
            self._terminated.add(run_id)
            life.signal_group(process, signal.SIGTERM)
