"""What sets a run of a race apart, kept in its folder; a branch of the run is no part of the race."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from builder.spec import dump_experiment
from builder.spec.races.twins import Twin
from builder.workspace.comparisons import Entrant
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

FILE_NAME = "race.json"
MAX_REMEMBERED = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceFacts:
    """See `builder.spec.races.twins.Twin`; `race` is the same for the runs of one race."""

    race: str
    name: str
    line: str
    kind: str
    depth: int
    init: str
    learning_rate: float
    num_parameters: int
    sizing: str


def race_entrants(twins: Sequence[Twin]) -> list[Entrant]:
    """The twins as they are submitted, under a common race."""
    race = secrets.token_hex(6)
    return [_entrant(twin, race) for twin in twins]


def opened_of(twins: Sequence[Twin]) -> int:
    """Whose document stays open in the editor: the experiment's own, else the last one's."""
    return next((place for place, twin in enumerate(twins) if twin.is_own), len(twins) - 1)


def _entrant(twin: Twin, race: str) -> Entrant:
    facts = RaceFacts(
        race=race,
        name=twin.name,
        line=twin.line,
        kind=twin.kind,
        depth=twin.depth,
        init=twin.init,
        learning_rate=twin.learning_rate,
        num_parameters=twin.analysis.num_parameters,
        sizing=twin.sizing,
    )

    def fill(folder: Path) -> None:
        (folder / FILE_NAME).write_text(json.dumps(asdict(facts)), encoding="utf-8")

    device = twin.experiment.training.device
    return Entrant(document=dump_experiment(twin.experiment), name=twin.name, device=device, fill=fill)


@lru_cache(MAX_REMEMBERED)
def facts_of(folder: Path) -> RaceFacts | None:
    """The facts in a run's folder, which never change; None for a run that is in no race."""
    try:
        return RaceFacts(**json.loads((folder / FILE_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def newest_race(workspace: Workspace, experiment_id: str) -> list[tuple[Run, RaceFacts]]:
    """The runs of an experiment's newest race, in the order in which they were submitted; empty if it has none."""
    runs = sorted(workspace.runs(experiment_id=experiment_id), key=lambda run: run.number)
    raced = [(run, facts) for run in runs if (facts := facts_of(workspace.run_folder(run.id)))]
    return [each for each in raced if each[1].race == raced[-1][1].race]
