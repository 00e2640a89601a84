"""Editing a document: which messages of the editor are taken, and what it is answered. Pure functions."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

from builder.pages.settings import changed_settings, settings_of, with_settings
from builder.spec import Analysis, Experiment, analyse, validate_edit, validate_experiment, with_value
from builder.spec.groupings import ready_made
from builder.spec.groups import GroupSpec
from builder.spec.mix import SET_FROZEN, SET_LEARNING_RATE, SET_LEARNING_RATES, SET_WEIGHT_DECAY, Change
from builder.spec.schedule import schedule_curve

MAX_REV = 2**53
"""The largest whole number that a browser counts exactly."""

MAX_ENDED = 16
"""Ended epochs that are remembered: a slider of the mixer ends ten a second."""


@dataclass(frozen=True, slots=True)
class EndedEpoch:
    """An epoch that Python has ended; an edit of it may still be on its way.

    Attributes:
        by_rates: What ended it changed nothing but groups' rates, so that a late edit can still be taken.
    """

    epoch: int
    rev: int
    experiment_id: str | None
    revision: int | None
    by_rates: bool = False


@dataclass(frozen=True, slots=True)
class Editing:
    """The document as the server knows it.

    Attributes:
        epoch: Grows when Python changes the document itself; the editor adopts a higher one. A session begins with the
            clock's tenths of seconds, so that an editor that has outlived the server adopts its successor's document.
        rev: The editor's newest edit of this epoch that was taken.
        experiment_id: In the workspace; None until there is something to keep.
        revision: The stored revision that `experiment` equals; None until stored.
        ended: The epochs before this one, newest last.
    """

    experiment: Experiment
    analysis: Analysis
    epoch: int = field(default_factory=lambda: int(time.time() * 10))
    rev: int = 0
    experiment_id: str | None = None
    revision: int | None = None
    ended: tuple[EndedEpoch, ...] = ()


def begin(experiment: Experiment, experiment_id: str | None = None, revision: int | None = None) -> Editing:
    """A document that was just opened."""
    return Editing(experiment, analyse(experiment), experiment_id=experiment_id, revision=revision)


def adopt(
    editing: Editing,
    experiment: Experiment,
    experiment_id: str | None,
    revision: int | None,
    *,
    by_rates: bool = False,
) -> Editing:
    """The document after Python changed it: an undo, a preset, another tab's edit, or the mixer's rates alone."""
    last = EndedEpoch(editing.epoch, editing.rev, editing.experiment_id, editing.revision, by_rates)
    ended = (*editing.ended, last)[-MAX_ENDED:]
    return Editing(experiment, analyse(experiment), editing.epoch + 1, 0, experiment_id, revision, ended)


def is_new(editing: Editing, message: Any) -> bool:
    """Whether an edit belongs to the current epoch and is newer than all that were taken."""
    return is_newer(message, editing.epoch, editing.rev)


def overtaken_epoch(editing: Editing, message: Any) -> EndedEpoch | None:
    """The ended epoch of an edit that was on its way when Python changed the document; None for any other message."""
    return next((each for each in editing.ended if is_newer(message, each.epoch, each.rev)), None)


def is_ended_by_rates(editing: Editing, epoch: EndedEpoch) -> bool:
    """Whether since this epoch nothing but rates was changed from here."""
    return all(each.by_rates for each in editing.ended if each.epoch >= epoch.epoch)


def with_late_edit(editing: Editing, message: dict[str, Any], before: Experiment) -> Experiment:
    """An edit of an epoch that only rates have ended, with the rates that have changed since.

    Args:
        editing: The document now.
        message: The edit.
        before: The document when its epoch ended.

    Raises:
        DocumentError: If the browser sent what the schema refuses.
    """
    late = validate_experiment(message.get("document"))
    return with_settings(late, changed_settings(settings_of(before), settings_of(editing.experiment)))


def with_taken(editing: Editing, epoch: EndedEpoch, rev: int) -> Editing:
    """The document with an ended epoch's edit noted as taken, so that it is not taken again."""
    ended = tuple(replace(each, rev=rev) if each.epoch == epoch.epoch else each for each in editing.ended)
    return replace(editing, ended=ended)


def is_newer(message: Any, epoch: int, rev: int) -> bool:
    """Whether a component's message is of this epoch and above this rev; whatever a browser may send."""
    if not isinstance(message, dict) or type(message.get("rev")) is not int:
        return False
    return message.get("epoch") == epoch and rev < message["rev"] <= MAX_REV


def take_edit(editing: Editing, message: dict[str, Any]) -> Editing:
    """The document after an edit of the editor that `is_new`.

    Raises:
        DocumentError: If the browser sent what the schema refuses.
    """
    experiment = validate_edit(message.get("document"), editing.experiment)
    return replace(editing, experiment=experiment, analysis=analyse(experiment, editing.analysis), rev=message["rev"])


def changes_between(before: tuple[GroupSpec, ...], after: tuple[GroupSpec, ...]) -> list[Change]:
    """What a live run must be told for its groups to be set as another document's, by name; rates together.

    Groups thaw before others freeze, so that at no moment all are frozen.
    """
    old = {group.name: group for group in before}
    pairs = [(old[group.name], group) for group in after if group.name in old]
    rates = {new.name: new.learning_rate for was, new in pairs if was.learning_rate != new.learning_rate}
    changes = [Change(SET_LEARNING_RATE, name, rate) for name, rate in rates.items()]
    if len(rates) > 1:
        changes = [Change(SET_LEARNING_RATES, "", rates)]
    changes += [
        Change(SET_WEIGHT_DECAY, new.name, new.weight_decay)
        for was, new in pairs
        if was.weight_decay != new.weight_decay
    ]
    turned = [Change(SET_FROZEN, new.name, new.frozen) for was, new in pairs if was.frozen != new.frozen]
    return changes + sorted(turned, key=lambda change: change.value)


def differs_beyond_rates(experiment: Experiment, of_run: Experiment) -> bool:
    """Whether a document has more that a live run of another one does not take over than names, pace and the mix."""
    return _what_a_run_keeps(experiment) != _what_a_run_keeps(of_run)


def _what_a_run_keeps(experiment: Experiment) -> tuple[Any, ...]:
    of_no_matter = {"learning_rate": 0.0, "weight_decay": 0.0, "frozen": False, "colour": ""}
    groups = [group.model_copy(update=of_no_matter) for group in experiment.groups]
    # An id that was given out and taken back by undo makes no other tower.
    network = experiment.network.model_copy(update={"next_id": 0})
    return experiment.data, network, experiment.training.model_copy(update={"pace": None}), groups


Rows = dict[str, dict[str, Any]]
"""Each item's shapes and counts, by its id."""


def item_rows(analysis: Analysis) -> Rows:
    """What an item's card shows."""
    return {
        row.id: {
            "in_shape": row.in_shape,
            "out_shape": row.out_shape,
            "num_parameters": row.num_parameters,
            "copies": row.copies,
            "groups": row.groups,
        }
        for row in analysis.items.values()
    }


def for_as_long_again(experiment: Experiment) -> Experiment:
    """The experiment with twice its duration.

    Raises:
        DocumentError: If that is longer than a duration can be.
    """
    duration = experiment.training.duration
    unit = "epochs" if duration.epochs is not None else "steps"
    return with_value(experiment, f"training.duration.{unit}", 2 * getattr(duration, unit))


def analysis_message(
    editing: Editing, rows: Rows | None = None, base: tuple[int, Rows] | None = None
) -> dict[str, Any]:
    """What the editor is answered to its edit `rev`: shapes, counts, problems, the schedule's preview.

    Args:
        editing: The document.
        rows: Its `item_rows`, if they are at hand.
        base: A rev of this epoch whose rows the editor has, and these rows: then only what differs is in the answer.
    """
    analysis = editing.analysis
    rows = item_rows(analysis) if rows is None else rows
    known = base[1] if base else {}
    curve = schedule_curve(editing.experiment.training, analysis.num_steps, max(analysis.steps_per_epoch, 1))
    return {
        "rev": editing.rev,
        "base": base[0] if base else None,
        "gone": [item_id for item_id in known if item_id not in rows],
        "items": {item_id: row for item_id, row in rows.items() if known.get(item_id) != row},
        "problems": [
            {"item_id": problem.item_id, "path": problem.path, "message": problem.message}
            for problem in analysis.problems
        ],
        "num_parameters": analysis.num_parameters,
        "num_macs": analysis.num_macs,
        "num_blocks": len(analysis.plan.blocks),
        "groups": [{"name": row.spec.name, "num_parameters": row.num_parameters} for row in analysis.groups],
        "groupings": ready_made(editing.experiment.groups[0], len(analysis.plan.blocks)),
        "memory_bytes": analysis.memory.total,
        "schedule": {"steps": [step for step, _ in curve], "learning_rate": [rate for _, rate in curve]},
    }


def why_not_trainable(analysis: Analysis) -> str:
    """Why Train is off, in words; empty if it is on."""
    if not analysis.problems:
        return ""
    first = analysis.problems[0]
    place = f"{first.item_id}: " if first.item_id else ""
    more = f" (and {len(analysis.problems) - 1} more)" if len(analysis.problems) > 1 else ""
    return f"{place}{first.message}{more}"
