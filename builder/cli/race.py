"""`race`: the same experiment with its blocks of several kinds, at several depths, inits or rates, here and now."""

import argparse
import json
from typing import Any

from builder.cli.text import print_table
from builder.cli.train import add_training_options, with_settings
from builder.cli.workspaces import add_workspace_option
from builder.spec import DocumentError, Problem, load_experiment
from builder.spec.blocks.registry import BLOCKS
from builder.spec.races.race import MAX_RUNS, MIXED, parse_race
from builder.spec.races.twins import INITS, Twin, named_race, twins
from builder.workspace.races.standings import Standing
from builder.workspace.races.verdict import HEADER, RIGHT, table, verdict


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "race",
        help="train twins of an experiment one after the other and say what differs",
        description=f"Every combination of what is given runs, at most {MAX_RUNS}; what is not given stays as it is.",
    )
    parser.add_argument("experiment", metavar="EXPERIMENT", help="a preset's name or a .json file")
    parser.add_argument(
        "--kinds", type=_list, default=[], metavar="K,K", help=f"every block as {', '.join(BLOCKS)}; {MIXED}: as it is"
    )
    parser.add_argument("--depths", type=_list, default=[], metavar="N,N", help="copies of the repeat")
    parser.add_argument("--repeat", metavar="ID", help="whose copies, in a tower with several repeats")
    parser.add_argument(
        "--learning-rates", type=_list, default=[], metavar="X,X", help="factors on the rates of all groups"
    )
    parser.add_argument("--inits", type=_list, default=[], metavar="I,I", help=f"network-wide: {', '.join(INITS)}")
    parser.add_argument(
        "--match-parameters", action="store_true", help="bring each kind to the experiment's own size by its width"
    )
    add_training_options(parser)
    add_workspace_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    runs = _sound_twins(options)
    # Only here: what is wrong must be told of within a moment, and torch takes seconds to load.
    from builder.cli.foreground import race_in_foreground

    code, standings = race_in_foreground(options.workspace, runs, as_json=options.json)
    if options.json:
        print(json.dumps({"event": "race_ended", "verdict": verdict(standings), "runs": list(map(_row, standings))}))
    elif standings:
        print()
        print_table(HEADER, table(standings), RIGHT)
        print()
        print(verdict(standings))
    return code


def _sound_twins(options: argparse.Namespace) -> list[Twin]:
    """The runs, all of which can be trained.

    Raises:
        DocumentError: With every problem, each under the name of its run.
    """
    experiment = named_race(with_settings(load_experiment(options.experiment), options))
    names = ("kinds", "depths", "repeat", "inits", "learning_rates", "match_parameters")
    found = twins(experiment, parse_race({name: getattr(options, name) for name in names}))
    problems = [
        Problem(problem.item_id, problem.path, f"{twin.name}: {problem.message}")
        for twin in found
        for problem in twin.problems
    ]
    if problems:
        raise DocumentError(problems)
    return found


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _row(standing: Standing) -> dict[str, Any]:
    facts, progress = standing.facts, standing.progress
    return {
        "run": standing.run.id,
        "name": facts.name,
        "kind": facts.kind,
        "blocks": facts.depth,
        "init": facts.init,
        "learning_rate_factor": facts.learning_rate,
        "num_parameters": facts.num_parameters,
        "sizing": facts.sizing,
        "train_loss": progress.train_loss,
        "train_error": progress.train_error,
        "best_val_accuracy": standing.best_accuracy,
        "test_accuracy": standing.test_accuracy,
        "status": standing.run.status,
        "reason": standing.run.reason,
    }
