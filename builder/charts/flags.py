"""Flags on the step axis where a person intervened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from builder.charts.runs import RecordedRun
from builder.charts.text import escape, rate_label
from builder.workspace.rows import Intervention

MAX_FLAGS = 24
_CLOSE = 0.01
_RATIOS = {2.0: "×2", 0.5: "×½", 10.0: "×10", 0.1: "×0.1"}


def flags_of(
    run: RecordedRun, interventions: Sequence[Intervention], axis_end: float, *, alone: bool = True
) -> list[dict[str, Any]]:
    """The newest flags of one run, oldest first.

    A slider that is dragged makes many interventions; of those on one subject within a hundredth of the axis only the
    last is drawn, since it is the one that stayed.

    Args:
        run: whose.
        interventions: all of them, in order.
        axis_end: last step on the axis.
        alone: whether no other run is drawn; otherwise the words say whose flag it is.

    Returns:
        Dictionaries with `x`, `text` (escaped) and `colour`.
    """
    colours = {group["name"]: group["colour"] for group in run.groups}
    rates: dict[str, float] = {
        group["name"]: group["learning_rate"] for group in run.groups if "learning_rate" in group
    }
    near = _CLOSE * axis_end
    flags: list[dict[str, Any]] = []
    for each in interventions:
        before = rates.get(each.subject)
        for old in [old for old in flags if old["subject"] == each.subject and each.step - old["x"] <= near]:
            before = old["before"]
            flags.remove(old)
        text = ("" if alone else f"{run.label}: ") + escape(f"{each.subject} {_change(before, each)}".strip())
        colour = colours.get(each.subject, run.run.colour) if alone else run.run.colour
        flags.append({"x": each.step, "text": text, "colour": colour, "subject": each.subject, "before": before})
        if isinstance(each.value, int | float):
            rates[each.subject] = float(each.value)
    return [{key: flag[key] for key in ("x", "text", "colour")} for flag in flags[-MAX_FLAGS:]]


def _change(before: float | None, intervention: Intervention) -> str:
    value = intervention.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return intervention.kind.replace("_", " ")
    for ratio, label in _RATIOS.items():
        if before and abs(value / before - ratio) < 1e-6 * ratio:
            return label
    return f"→ {rate_label(value)}"
