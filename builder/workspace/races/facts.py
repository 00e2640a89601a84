"""What sets a run of a race apart, kept in its folder; a branch of the run is no part of the race."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path

from builder.spec import dump_experiment
from builder.spec.races.twins import Marks, Twin
from builder.workspace.comparisons import Entrant
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

FILE_NAME = "race.json"
MAX_REMEMBERED = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceFacts(Marks):
    """What is known of a run of a race for good; `race` is the same for the runs of one."""

    race: str
    num_parameters: int


def race_entrants(twins: Sequence[Twin]) -> list[Entrant]:
    """The twins as they are submitted, under a common race."""
    race = secrets.token_hex(6)
    return [_entrant(twin, race) for twin in twins]


def opened_of(twins: Sequence[Twin]) -> int:
    """Whose document stays open in the editor: the experiment's own, else the last one's."""
    return next((place for place, twin in enumerate(twins) if twin.is_own), len(twins) - 1)


def _entrant(twin: Twin, race: str) -> Entrant:
    marks = {each.name: getattr(twin, each.name) for each in fields(Marks)}
    facts = RaceFacts(race=race, num_parameters=twin.analysis.num_parameters, **marks)

    def fill(folder: Path) -> None:
        (folder / FILE_NAME).write_text(json.dumps(asdict(facts)), encoding="utf-8")

    device = twin.experiment.training.device
    return Entrant(document=dump_experiment(twin.experiment), name=twin.name, device=device, fill=fill)


@lru_cache(MAX_REMEMBERED)
def facts_of(folder: Path) -> RaceFacts | None:
    """The facts in a run's folder, which never change; None for a run that is in no race, or not in one of this version."""
    try:
        return RaceFacts(**json.loads((folder / FILE_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def newest_race(workspace: Workspace, experiment_id: str) -> list[tuple[Run, RaceFacts]]:
    """The runs of an experiment's newest race, in the order in which they were submitted; empty if it has none."""
    runs = sorted(workspace.runs(experiment_id=experiment_id), key=lambda run: run.number)
    raced = [(run, facts) for run in runs if (facts := facts_of(workspace.run_folder(run.id)))]
    return [each for each in raced if each[1].race == raced[-1][1].race]
