"""The table of all runs of an experiment, told row by row as they change. Knows no Streamlit."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import asdict
from typing import Any

from builder.pages.differences import differences, values_of
from builder.pages.run_facts import RunFacts, known_facts, read_facts
from builder.pages.run_status import looks_of
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

LOOK_BUDGET_SECONDS = 0.2
"""A look reads new runs' rows and documents for so long; the others follow at the next one."""
MAX_WORDS = 400
"""Letters of what sets a run apart."""
DIGITS = 6


class RunTable:
    """A source of the feed, whose answer is `{full, rows, ids, known}`.

    The rows are those that have changed since the version that is asked with, or all of them; `ids` are of all, newest
    first, deleted ones last; so many rows are `known` whole.

    Args:
        workspace: Where the runs are.
        experiment_id: Whose runs these are.
    """

    def __init__(self, workspace: Workspace, experiment_id: str) -> None:
        self._workspace = workspace
        self._experiment_id = experiment_id
        self._name = uuid.uuid4().hex[:8]
        self._number = 0
        self._rows: dict[str, dict[str, Any]] = {}
        self._changed: dict[str, int] = {}
        self._ids: list[str] = []
        self._num_known = 0
        self._seen: int | None = None
        self._words: tuple[frozenset[str], dict[str, str]] = (frozenset(), {})
        self.is_live = self.is_pending = True

    def look(self) -> None:
        """Take what is new."""
        version = self._workspace.data_version()
        if version == self._seen and not self.is_live:
            return
        self._seen = version
        runs = self._workspace.runs(experiment_id=self._experiment_id)
        runs += self._workspace.runs(experiment_id=self._experiment_id, deleted=True)
        deadline = time.perf_counter() + LOOK_BUDGET_SECONDS
        facts = {run.id: self._facts(run, deadline) for run in runs}
        words = self._words_of(runs, deadline)
        looks = looks_of(self._workspace, runs)
        rows = {run.id: _row(run, facts[run.id], words, looks[run.id]) for run in runs}
        ids, num_known = list(rows), sum(each is not None for each in facts.values())
        changed = [run_id for run_id, row in rows.items() if row != self._rows.get(run_id)]
        if changed or ids != self._ids or num_known != self._num_known:
            self._number += 1
            self._changed = {run_id: self._changed.get(run_id, 0) for run_id in ids}
            self._changed.update(dict.fromkeys(changed, self._number))
            self._rows, self._ids, self._num_known = rows, ids, num_known
        self.is_pending = num_known < len(runs) or words is None
        self.is_live = self.is_pending or any(not run.is_final for run in runs)

    def news(self, have: str) -> tuple[str, bytes] | None:
        """The newest version and its JSON for whoever has version `have`; None for the newest."""
        version = f"{self._name}.{self._number}"
        if have == version:
            return None
        name, _, number = have.partition(".")
        since = int(number) if name == self._name and number.isdecimal() else None
        told = {
            "full": since is None,
            "rows": [self._rows[run_id] for run_id in self._ids if since is None or self._changed[run_id] > since],
            "ids": self._ids,
            "known": self._num_known,
        }
        return version, json.dumps(told, allow_nan=False, separators=(",", ":")).encode()

    def close(self) -> None:
        """It keeps no file open."""

    def _facts(self, run: Run, deadline: float) -> RunFacts | None:
        """None for what is still to be read."""
        known = known_facts(self._workspace, run) if run.is_final else None
        if known is not None or (run.is_final and time.perf_counter() > deadline):
            return known
        return read_facts(self._workspace, run)

    def _words_of(self, runs: list[Run], deadline: float) -> dict[str, str] | None:
        """What sets each run apart; None while documents are still to be read."""
        ids = frozenset(run.id for run in runs if run.deleted_at is None)
        if self._words[0] == ids:
            return self._words[1]
        values = {}
        for run_id in sorted(ids):
            if time.perf_counter() > deadline:
                return None
            try:
                values[run_id] = values_of(self._workspace.run_folder(run_id))
            except (OSError, ValueError):
                # Its folder was taken away; the run is listed all the same.
                continue
        found = differences(values) if len(values) > 1 else {}
        self._words = (ids, {run_id: " · ".join(parts)[:MAX_WORDS] for run_id, parts in found.items()})
        return self._words[1]


def _row(run: Run, facts: RunFacts | None, words: dict[str, str] | None, look: tuple[str, str]) -> dict[str, Any]:
    summary, found = run.summary or {}, facts or RunFacts()
    kept = summary.get("val_accuracy")
    measured = {**asdict(found), "val_accuracy": found.val_accuracy if kept is None else kept}
    return {
        "id": run.id,
        "number": run.number,
        "name": run.name,
        "colour": look[0],
        "dash": look[1],
        "status": run.status,
        "reason": run.reason,
        "started_at": run.started_at or run.created_at,
        "tags": list(run.tags),
        "notes": run.notes,
        "deleted_at": run.deleted_at,
        "differs": (words or {}).get(run.id, ""),
        "is_known": facts is not None,
        **{name: _rounded(value) for name, value in measured.items()},
    }


def _rounded(value: float | None) -> float | int | None:
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
