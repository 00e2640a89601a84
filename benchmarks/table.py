"""What a measurement prints: one row per figure, with median and spread."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        what: What was measured, in words.
        median: Of the repetitions.
        low: The smallest.
        high: The largest.
        unit: Of the numbers; empty for a ratio.
        floor: What it must reach; None if it only informs.
        sense: Whether the median must be at least or at most the floor.
        note: How it was measured.
    """

    what: str
    median: float
    low: float
    high: float
    unit: str = ""
    floor: float | None = None
    sense: Literal["at least", "at most"] = "at least"
    note: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the floor is reached; None without one."""
        if self.floor is None:
            return None
        return self.median >= self.floor if self.sense == "at least" else self.median <= self.floor

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "holds": self.holds}


def summarise(
    what: str,
    values: Sequence[float],
    *,
    unit: str = "",
    floor: float | None = None,
    sense: Literal["at least", "at most"] = "at least",
    note: str = "",
) -> Row:
    """A row from repeated measurements."""
    return Row(what, statistics.median(values), min(values), max(values), unit, floor, sense, note)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    # 0.07 × 100 is a little more than 7 in floating point.
    rank = math.ceil(share * len(values) - 1e-9)
    return sorted(values)[max(rank, 1) - 1]


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The power of the size that the costs follow best: the slope of a line through their logarithms; 1 is linear."""
    return statistics.linear_regression([math.log(size) for size in sizes], [math.log(cost) for cost in costs]).slope


def format_rows(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | median | low - high | must be | holds | how |", "| --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        unit = f" {row.unit}" if row.unit else ""
        must = f"{row.sense} {row.floor:g}{unit}" if row.floor is not None else ""
        holds = {True: "yes", False: "**no**", None: ""}[row.holds]
        lines.append(
            f"| {row.what} | {row.median:.4g}{unit} | {row.low:.4g} - {row.high:.4g} | {must} | {holds} | {row.note} |"
        )
    return "\n".join(lines)
