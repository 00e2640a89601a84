"""Which steps a chart over depth stands for: one, or those of a bin where single ones are no longer kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from builder.workspace.rows import Points

SCRUBS = (
    "The slider goes back to any step. Of the newest 10,000 steps, and of those around a change by hand, every one is kept; "
    "of earlier ones means of 16 steps, 64 steps, and so on."
)


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last step that values stand for; of several they are the mean."""

    first: int
    last: int

    @property
    def is_mean(self) -> bool:
        return self.first < self.last

    @property
    def text(self) -> str:
        """As in `step 1,024` or `steps 1,025 to 1,040, mean`."""
        return f"steps {self.first:,} to {self.last:,}, mean" if self.is_mean else f"step {self.last:,}"


def span_of(points: Points) -> Span:
    """What the last of these points stands for."""
    return Span(int(points.steps[-1]), points.last_step)


def span_note(spans: Mapping[str, Span]) -> str:
    """What a chart's runs stand for, by their labels: said once where all stand for the same."""
    if len(set(spans.values())) == 1:
        return next(iter(spans.values())).text
    return " · ".join(f"{label} {span.text}" for label, span in spans.items())
