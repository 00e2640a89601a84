"""Races of the experiment in the editor: what would run, why it cannot, starting it. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from builder.charts import DepthPoint
from builder.pages.comparing import memory_warning
from builder.spec import DocumentError, Experiment, dump_experiment, parse_experiment
from builder.spec.races.kinds import kinds_of
from builder.spec.races.race import MIXED, Race, parse_race
from builder.spec.races.twins import Twin, named_race, twins
from builder.workspace.comparisons import submit_comparison
from builder.workspace.races.facts import newest_race, opened_of, race_entrants
from builder.workspace.races.standings import Standing, standings
from builder.workspace.races.verdict import verdict
from builder.workspace.runs import Run
from builder.workspace.store import Workspace


@dataclass(frozen=True, slots=True)
class Field:
    """The runs of a race before it starts.

    Attributes:
        twins: Those that can be trained and those that cannot.
        problem: Why it cannot start at all, in words; empty if it can.
    """

    twins: tuple[Twin, ...]
    problem: str

    @property
    def sound(self) -> list[Twin]:
        """Those that will run."""
        return [twin for twin in self.twins if not twin.problems]


def field_of(experiment: Experiment, raw: Any) -> Field:
    """The runs that a race of this experiment would have.

    Args:
        experiment: As the editor has it.
        raw: The race as a browser asks for it.
    """
    try:
        return _field(dump_experiment(named_race(experiment)), parse_race(raw).model_dump_json())
    except DocumentError as error:
        return Field((), " ".join(problem.message for problem in error.problems))


@lru_cache(8)
def _field(document: str, race: str) -> Field:
    """The dialog asks for the same one again and again."""
    found = twins(parse_experiment(document), Race.model_validate_json(race))
    field = Field(tuple(found), "")
    if len(field.sound) >= 2:
        return field
    return Field(field.twins, "A race takes two runs at least that can be trained.")


def first_choice(experiment: Experiment) -> tuple[list[str], list[str]]:
    """Kinds to choose from, and those that are chosen first: the tower's own, and what shows the difference."""
    own = kinds_of(experiment)
    if len(own) > 1:
        return [MIXED], [MIXED, "plain"]
    return [], ["plain", next((kind for kind in own if kind != "plain"), "residual")]


def race_warning(sound: Sequence[Twin], slots: int) -> str:
    """`memory_warning` of the runs that go on at the same time, were they the largest."""
    needs = sorted(((twin.experiment, twin.analysis) for twin in sound), key=lambda need: need[1].memory.total)
    return memory_warning(needs[-slots:])


def start_race(workspace: Workspace, sound: Sequence[Twin], owner: str) -> tuple[list[Run], Run]:
    """Submits the runs, and gives also the one whose document is open."""
    opened = opened_of(sound)
    runs = submit_comparison(workspace, race_entrants(sound), owner, opened)
    return runs, runs[opened]


def race_of(workspace: Workspace, experiment_id: str | None) -> list[Standing]:
    """How the newest race of an experiment stands; empty if it has none."""
    return standings(workspace, newest_race(workspace, experiment_id)) if experiment_id else []


def race_line(found: Sequence[Standing]) -> dict[str, Any] | None:
    """What the list of runs says of the race, as JSON."""
    if not found:
        return None
    return {"text": verdict(found, in_short=True), "is_over": all(each.run.is_final for each in found)}


def depth_points(found: Sequence[Standing]) -> list[DepthPoint]:
    """Training errors by depth; none unless there are two depths."""
    if len({each.facts.depth for each in found}) < 2:
        return []
    return [
        DepthPoint(each.facts.line, each.facts.kind, each.facts.depth, each.progress.train_error)
        for each in found
        if each.progress.train_error is not None
    ]
