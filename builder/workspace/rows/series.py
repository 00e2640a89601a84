"""What a run records: its series, and the tracks of series that are stored together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Family = Literal["scalar", "profile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One curve of a run.

    Attributes:
        id: column of the values given to `RunWriter.append_steps`, from 0 on without gaps.
        quantity: what is measured, such as `loss` or `grad_norm`.
        subject: of what: `train`, a group's name, a block's address.
        family: `scalar` is kept for ever; of a `profile` the full resolution is kept for the newest steps only.
        unit: for the axis; empty for a pure number.
        every: recorded at the multiples of this number of steps.
    """

    id: int
    quantity: str
    subject: str
    family: Family
    unit: str = ""
    every: int = 1


@dataclass(frozen=True, slots=True)
class Track:
    """The series of one family and stride: their values at a step lie side by side in one row.

    A record is numbered from 0: record `r` belongs to step `(r + 1) * every`.
    """

    id: int
    family: Family
    every: int
    columns: tuple[int, ...]

    def step_of(self, record: int) -> int:
        """The step at which a record was taken."""
        return (record + 1) * self.every

    def num_records(self, last_step: int) -> int:
        """How many records exist after `last_step` steps."""
        return max(0, last_step) // self.every

    def first_record_from(self, step: int) -> int:
        """The first record taken at `step` or later."""
        return max(0, -(-step // self.every) - 1)


def tracks_of(series: Sequence[Series]) -> tuple[Track, ...]:
    """Group series into tracks, in order of first appearance.

    Raises:
        ValueError: if ids are not 0, 1, 2, … or a stride is below 1.
    """
    if [each.id for each in series] != list(range(len(series))):
        raise ValueError(f"Series ids must be 0 to {len(series) - 1} in order; they are the columns of the values.")
    columns: dict[tuple[Family, int], list[int]] = {}
    for each in series:
        if each.every < 1:
            raise ValueError(
                f"Series {each.id} ({each.quantity}) is recorded every {each.every} steps; the least is 1."
            )
        columns.setdefault((each.family, each.every), []).append(each.id)
    return tuple(
        Track(number, family, every, tuple(ids)) for number, ((family, every), ids) in enumerate(columns.items())
    )


def find_series(series: Iterable[Series], quantity: str, subject: str | None = None) -> list[Series]:
    """Those of one quantity, and of one subject if given."""
    return [each for each in series if each.quantity == quantity and subject in (None, each.subject)]
