"""`train`: a run in the foreground, in this process; it leaves nothing running."""

import argparse
import json
from typing import Any

from builder.cli.workspaces import add_workspace_option
from builder.spec import DocumentError, Experiment, Problem, analyse, load_experiment, with_value


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("train", help="train an experiment here and now")
    parser.add_argument("experiment", metavar="EXPERIMENT", help="a preset's name or a .json file")
    add_training_options(parser)
    add_workspace_option(parser)
    parser.set_defaults(run=run)


def add_training_options(parser: argparse.ArgumentParser) -> None:
    """`--device`, `--set` and `--json`."""
    parser.add_argument("--device", metavar="D", help="auto, cpu, cuda, cuda:1, mps; by default the document's")
    parser.add_argument(
        "--set",
        dest="settings",
        metavar="PATH=VALUE",
        type=_setting,
        action="append",
        default=[],
        help="set a field of the document, as in training.duration.epochs=3; the value is JSON, else text",
    )
    parser.add_argument("--json", action="store_true", help="print one event per line, as JSON")


def run(options: argparse.Namespace) -> int:
    experiment = with_settings(load_experiment(options.experiment), options)
    # Only here: a bad document must be told of within a moment, and torch takes seconds to load.
    from builder.cli.foreground import train_in_foreground

    return train_in_foreground(options.workspace, experiment, as_json=options.json)


def with_settings(experiment: Experiment, options: argparse.Namespace) -> Experiment:
    """The document with its fields set, free of problems.

    Raises:
        DocumentError: With every problem.
    """
    settings = list(options.settings)
    if options.device is not None:
        settings.append(("training.device", options.device))
    problems: list[Problem] = []
    for path, value in settings:
        try:
            experiment = with_value(experiment, path, value)
        except DocumentError as error:
            problems.extend(error.problems)
    problems.extend(analyse(experiment).problems)
    if problems:
        raise DocumentError(problems)
    return experiment


def _setting(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals or not path:
        raise argparse.ArgumentTypeError(f"“{text}” is not PATH=VALUE, as in training.duration.epochs=3")
    try:
        return path, json.loads(value)
    except ValueError:
        return path, value
