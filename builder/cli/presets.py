"""`presets`: the ready-made experiments."""

import argparse
import textwrap
from typing import Any

from builder.cli.text import print_json
from builder.spec import analyse
from builder.spec.presets.registry import DEFAULT_PRESET, PRESETS


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("presets", help="list the ready-made experiments")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    rows = [_row(name) for name in PRESETS]
    if options.json:
        print_json(rows)
        return 0
    for row in rows:
        default = " (default)" if row["name"] == DEFAULT_PRESET else ""
        print(f"{row['name']}{default}: {row['title']}; {row['dataset']}, {row['num_parameters']:,} parameters")
        print(textwrap.indent(textwrap.fill(f"{row['story']} Watch: {row['watch']}", 100), "    "))
    return 0


def _row(name: str) -> dict[str, Any]:
    preset = PRESETS[name]
    experiment = preset.experiment()
    return {
        "name": name,
        "title": preset.title,
        "story": preset.story,
        "watch": preset.watch,
        "dataset": experiment.data.dataset,
        "num_parameters": analyse(experiment).num_parameters,
    }
