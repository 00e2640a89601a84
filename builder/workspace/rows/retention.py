"""Which full-resolution records of profiles are kept: the newest, and those around interventions."""

from __future__ import annotations

from dataclasses import dataclass

from builder.workspace.database import Database
from builder.workspace.rows import bins
from builder.workspace.rows.series import Track

CHECKPOINT_EVENT = "checkpoint"
_AFTER_CAP_STEPS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How much of the profiles' full resolution a run keeps; scalars and summaries stay for ever.

    Attributes:
        newest_steps: before the newest step.
        around_intervention_steps: before and after each intervention.
        max_bytes: when run.db has grown to this, only the newest few steps stay in full from then on.
    """

    newest_steps: int = 10_000
    around_intervention_steps: int = 1_000
    max_bytes: int = 2**30


class Retention:
    """Removes records of one track once they are old.

    Args:
        database: the run.db.
        track: of family `profile`.
        keep: how much stays.
    """

    def __init__(self, database: Database, track: Track, keep: Keep):
        self._database = database
        self._track = track
        self._keep = keep
        self._looked_until = 0
        self._capped = False

    def trim(self, last_step: int, *, capped: bool) -> None:
        """Remove what is old after `last_step`; `capped` when the file has reached its greatest size."""
        if capped and not self._capped:
            self._capped, self._looked_until = True, 0
        newest = _AFTER_CAP_STEPS if capped else self._keep.newest_steps
        # Never the records of a bin that is not complete: its summary is still to be made from them.
        num_newest = max(-(-newest // self._track.every), bins.FIRST_SIZE)
        limit = self._track.num_records(last_step) - num_newest
        if limit <= self._looked_until:
            return
        windows = self._kept_windows(capped)
        chunks = self._database.rows(
            "SELECT first_record, num_records FROM chunk WHERE track = ? AND first_record BETWEEN ? AND ? "
            "ORDER BY first_record",
            (self._track.id, self._looked_until, limit - 1),
        )
        for first, count in chunks:
            if first + count > limit:
                break
            self._looked_until = first + count
            from_step, to_step = self._track.step_of(first), self._track.step_of(first + count - 1)
            if not any(start <= to_step and from_step <= end for start, end in windows):
                self._database.execute(
                    "DELETE FROM chunk WHERE track = ? AND first_record = ?", (self._track.id, first)
                )

    def _kept_windows(self, capped: bool) -> list[tuple[int, int]]:
        # To resume at a checkpoint, the bin that was open there is made again from its records.
        width = bins.FIRST_SIZE * self._track.every
        # Those of flags stay longer than others, and a branch of one begins with the rows up to there.
        checkpoints = self._database.rows(
            "SELECT step FROM event WHERE kind = ?1 AND (json_extract(payload, '$.flagged') OR id IN "
            "(SELECT id FROM event WHERE kind = ?1 ORDER BY id DESC LIMIT 2))",
            (CHECKPOINT_EVENT,),
        )
        windows = [(row[0] - width + 1, row[0]) for row in checkpoints]
        if not capped:
            around = self._keep.around_intervention_steps
            interventions = self._database.rows("SELECT DISTINCT step FROM intervention")
            windows += [(row[0] - around, row[0] + around) for row in interventions]
        return windows
