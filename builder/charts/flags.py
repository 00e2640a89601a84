"""Flags on the step axis where a person intervened, and the way back to before each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.charts.runs import RecordedRun
from builder.charts.text import escape, rate_label
from builder.spec.mix import SET_LEARNING_RATE, SET_LEARNING_RATES
from builder.workspace.branching import WayBack
from builder.workspace.rows import Intervention

MAX_FLAGS = 24
_CLOSE = 0.01
_RATIOS = {2.0: "×2", 0.5: "×½", 10.0: "×10", 0.1: "×0.1"}
_SAME = 1e-6


@dataclass(slots=True)
class _Flag:
    """One flag while it is put together; several changes of one kind and subject may become one.

    Attributes:
        first: step of the first of its changes.
        before: base rates before it.
    """

    change: Intervention
    first: int
    before: dict[str, float]


def flags_of(
    run: RecordedRun,
    interventions: Sequence[Intervention],
    axis_end: float,
    *,
    alone: bool = True,
    bursts: Sequence[int] = (),
    way_back: Callable[[int], WayBack | None] = lambda step: None,
) -> list[dict[str, Any]]:
    """The newest flags of one run, oldest first.

    A slider that is dragged makes many interventions; of those of one kind on one subject in one burst, or within a
    hundredth of the axis, only the last is drawn, since it is the one that stayed.

    Args:
        run: whose.
        interventions: all of them, in order.
        axis_end: last step on the axis.
        alone: whether no other run is drawn; otherwise the words say whose flag it is.
        bursts: steps of the checkpoints before bursts of changes, in order.
        way_back: from a change's step to the checkpoint before it.

    Returns:
        Dictionaries with `run`, `x`, `text` (escaped), `colour`, and `back`: run and step of the checkpoint before it,
        or None.
    """
    colours = {group["name"]: group["colour"] for group in run.groups}
    rates: dict[str, float] = {
        group["name"]: group["learning_rate"] for group in run.groups if "learning_rate" in group
    }
    near = _CLOSE * axis_end
    flags: list[_Flag] = []
    for each in interventions:
        flag = _Flag(each, each.step, dict(rates))
        since = bisect_right(bursts, each.step)
        for old in [old for old in flags if _is_same(old.change, each)]:
            is_one = bursts and bisect_right(bursts, old.change.step) == since
            if not is_one and each.step - old.change.step > near:
                continue
            flag.first, flag.before = old.first, old.before
            flags.remove(old)
        flags.append(flag)
        rates.update(_rates_in(each))
    drawn = []
    for flag in flags[-MAX_FLAGS:]:
        back = way_back(flag.first)
        whose = "" if alone else f"{run.label}: "
        drawn.append(
            {
                "run": run.id,
                "x": flag.change.step,
                "text": whose + escape(_words(flag.change, flag.before)),
                "colour": colours.get(flag.change.subject, run.run.colour) if alone else run.run.colour,
                "back": None if back is None else [back.run_id, back.step],
            }
        )
    return drawn


def _is_same(one: Intervention, other: Intervention) -> bool:
    return (one.kind, one.subject) == (other.kind, other.subject)


def _rates_in(change: Intervention) -> dict[str, float]:
    if change.kind == SET_LEARNING_RATE and isinstance(change.value, int | float):
        return {change.subject: float(change.value)}
    return dict(change.value) if change.kind == SET_LEARNING_RATES else {}


def _words(change: Intervention, before: Mapping[str, float]) -> str:
    name, value = change.subject, change.value
    match change.kind:
        case "set_learning_rate":
            ratio = _ratio(before.get(name), value)
            return f"{name} {_RATIOS[ratio]}" if ratio in _RATIOS else f"{name} → {rate_label(value)}"
        case "set_learning_rates":
            return _several(value, before)
        case "set_weight_decay":
            return f"{name} decay → {rate_label(value)}"
        case "set_frozen":
            return f"{name} {'frozen' if value else 'unfrozen'}"
        case "set_solo":
            return f"{name} solo" if value else f"{name} solo ends"
    return f"{name} {change.kind.replace('_', ' ')}".strip()


def _several(rates: Mapping[str, float], before: Mapping[str, float]) -> str:
    """Rates that were set at once: the factor, if it is the same for all."""
    ratios = {name: _ratio(before.get(name), rate) for name, rate in rates.items()}
    # A rate of 0 stays under every factor.
    movable = {name for name, rate in before.items() if rate}
    what = "all rates" if movable <= rates.keys() else f"{len(rates)} rates"
    first = next(iter(ratios.values()), None)
    if first is None or any(ratio is None or abs(ratio / first - 1) > _SAME for ratio in ratios.values()):
        return f"{what} changed"
    return f"{what} {_RATIOS.get(first, f'×{first:.3g}')}"


def _ratio(before: float | None, after: float) -> float | None:
    """The factor from one rate to another, exactly one of the named ones if it is about that; None from or to 0."""
    if not before or not after:
        return None
    ratio = after / before
    return next((named for named in _RATIOS if abs(ratio / named - 1) < _SAME), ratio)
