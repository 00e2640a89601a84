"""What a race has shown, in a sentence, and the table of its runs. Pure functions of their standings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from builder.workspace.races.standings import Standing

MAX_NAMED = 4
"""Of more runs the best and the worst are named."""
ONE_SEED = "One seed; another may differ."
HEADER = ("entrant", "blocks", "parameters", "training loss", "training error", "best validation", "test", "state")
RIGHT = "<>>>>>><"


def verdict(standings: Sequence[Standing], *, in_short: bool = False) -> str:
    """The difference that the race has shown, or so far shows; says too what cannot be compared, and why.

    Runs are compared by their best validation accuracy up to the last step that all of them have reached. A difference
    within two standard errors of it, for a validation set of that size, is called a tie. `in_short` leaves out what
    depth does to the training error.
    """
    is_over = all(each.run.is_final for each in standings)
    compared = [each for each in standings if _is_comparable(each)]
    deepest = _deepest(compared)
    by_depth = _by_depth(compared) if is_over and not in_short else []
    parts = [_difference(deepest or compared, is_over), *by_depth, *_exceptions(standings)]
    if len(compared) > 1:
        parts.append(ONE_SEED)
    return " ".join(part for part in parts if part)


def table(standings: Sequence[Standing]) -> list[tuple[str, ...]]:
    """The cells of each run, as `HEADER` names them."""
    return [
        (
            each.facts.name,
            str(each.facts.depth),
            f"{each.facts.num_parameters:,}",
            "" if each.progress.train_loss is None else f"{each.progress.train_loss:.4f}",
            _percent(each.progress.train_error),
            _percent(each.best_accuracy),
            _percent(each.test_accuracy),
            state(each),
        )
        for each in standings
    ]


def state(standing: Standing) -> str:
    """How far a run is, in words."""
    status, progress = standing.run.status, standing.progress
    if status in ("running", "paused", "stopped", "diverged"):
        return f"{status} at step {progress.step:,} of {progress.num_steps:,}"
    return {"queued": "waits for its turn", "starting": "starts"}.get(status, status)


def resolution(first: float, second: float, num_samples: int) -> float:
    """The difference of two accuracies that so many samples can tell: two standard errors, and one sample at least.

    The samples are the same for both, so the true error is smaller as a rule; this errs towards a tie.
    """
    if num_samples < 1:
        return 0.0
    variance = (first * (1.0 - first) + second * (1.0 - second)) / num_samples
    return max(1.0 / num_samples, 2.0 * math.sqrt(variance))


def _is_comparable(standing: Standing) -> bool:
    is_sound = standing.run.status in ("running", "paused", "finished")
    return is_sound and bool(standing.progress.evaluations)


def _deepest(compared: Sequence[Standing]) -> list[Standing]:
    """Where several lines have several depths: those of the greatest depth that two lines share."""
    if len({each.facts.line for each in compared}) < 2 or len({each.facts.depth for each in compared}) < 2:
        return []
    for depth in sorted({each.facts.depth for each in compared}, reverse=True):
        found = [each for each in compared if each.facts.depth == depth]
        if len(found) > 1:
            return found
    return []


def _difference(compared: Sequence[Standing], is_over: bool) -> str:
    if len(compared) < 2:
        return f"{'Nothing' if is_over else 'So far nothing'} can be compared: it takes two runs with an evaluation."
    step = min(each.progress.evaluations[-1][0] for each in compared)
    scored = [(each.accuracy_by(step) or 0.0, each) for each in compared]
    ranking = sorted(scored, key=lambda pair: -pair[0])
    (best, first), worst = ranking[0], ranking[-1][0]
    samples = min(each.progress.num_validation for each in compared)
    so_far = "" if is_over else f"So far, at step {step:,}: "
    if best - worst <= resolution(best, worst, samples):
        named = _listed(f"{each.facts.name} {_percent(value)}" for value, each in _shown(ranking))
        return (
            f"{so_far}{named} validation accuracy at best: a tie, as {samples:,} samples cannot tell "
            f"{_points(resolution(best, worst, samples))} apart, {_with(compared)}."
        )
    others = ", ".join(f"{each.facts.name} {_percent(value)}" for value, each in _shown(ranking)[1:])
    margin = f"{_points(best - worst)} {'more' if len(ranking) == 2 else 'from first to last'}"
    said = f"{so_far}{first.facts.name} reached {_percent(best)} validation accuracy at best, {others}: {margin}"
    return f"{said}, {_with(compared)}.{_ties(ranking, samples)}"


def _shown(ranking: Sequence[tuple[float, Standing]]) -> list[tuple[float, Standing]]:
    return list(ranking) if len(ranking) <= MAX_NAMED else [ranking[0], ranking[-1]]


def _ties(ranking: Sequence[tuple[float, Standing]], samples: int) -> str:
    """Which of several the validation set cannot tell from the first."""
    best, first = ranking[0]
    level = [each.facts.name for value, each in ranking[1:] if best - value <= resolution(best, value, samples)]
    if not level:
        return ""
    return f" {_listed([first.facts.name, *level])} are a tie for {samples:,} samples."


def _with(compared: Sequence[Standing]) -> str:
    counts = [each.facts.num_parameters for each in compared]
    if len(set(counts)) == 1:
        return f"with the same {counts[0]:,} parameters, seed and batches"
    if len(counts) == 2:
        sizes = " and ".join(f"{each.facts.num_parameters:,} ({each.facts.name})" for each in compared)
        return f"with {sizes} parameters and the same seed and batches"
    return f"with {min(counts):,} to {max(counts):,} parameters and the same seed and batches"


def _by_depth(finished: Sequence[Standing]) -> list[str]:
    """Of each line how its final training error changes from its shallowest to its deepest run."""
    lines: dict[str, list[Standing]] = {}
    for each in finished:
        if each.progress.train_error is not None:
            lines.setdefault(each.facts.line, []).append(each)
    changes: dict[tuple[int, int], list[str]] = {}
    for line, runs in lines.items():
        runs.sort(key=lambda each: each.facts.depth)
        shallow, deep = runs[0], runs[-1]
        before, after = _percent(shallow.progress.train_error), _percent(deep.progress.train_error)
        change = f"stays at {after}" if before == after else f"{_direction(shallow, deep)} from {before} to {after}"
        changes.setdefault((shallow.facts.depth, deep.facts.depth), []).append(f"of {line} {change}")
    return [
        f"From {shallow} to {deep} blocks the training error {', that '.join(said)}."
        for (shallow, deep), said in changes.items()
        if shallow != deep
    ]


def _direction(shallow: Standing, deep: Standing) -> str:
    return "rises" if (deep.progress.train_error or 0.0) > (shallow.progress.train_error or 0.0) else "falls"


def _exceptions(standings: Sequence[Standing]) -> list[str]:
    """What is left out of the comparison, and what a person has changed in it."""
    said = []
    for each in standings:
        name, status, step = each.facts.name, each.run.status, each.progress.step
        if status == "diverged":
            said.append(f"{name} diverged at step {step:,}.")
        elif status in ("failed", "crashed"):
            said.append(f"{name} {status}{f': {each.run.reason}' if each.run.reason else '.'}")
        elif status == "stopped":
            said.append(f"{name} was stopped at step {step:,}.")
        if each.progress.is_changed:
            said.append(f"Rates of {name} were changed while it ran.")
    waiting = [each.facts.name for each in standings if not each.run.is_final and not each.progress.evaluations]
    if waiting:
        named = _listed(waiting) if len(waiting) <= MAX_NAMED else f"{len(waiting)} runs"
        said.append(f"{named} {'has' if len(waiting) == 1 else 'have'} no evaluation yet.")
    return said


def _listed(names: Iterable[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last


def _percent(fraction: float | None) -> str:
    return "" if fraction is None else f"{100 * fraction:.1f} %"


def _points(difference: float) -> str:
    return f"{100 * difference:.1f} points"
