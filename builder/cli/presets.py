"""`presets`: the ready-made experiments, by study."""

import argparse
import textwrap
from typing import Any

from builder.cli.text import print_json
from builder.spec import analyse
from builder.spec.presets.base import Preset, Study
from builder.spec.presets.registry import DEFAULT_PRESET, STUDIES


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("presets", help="list the ready-made experiments")
    parser.add_argument("--study", choices=list(STUDIES), help="only those of one study")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    studies = [STUDIES[options.study]] if options.study else list(STUDIES.values())
    if options.json:
        print_json([_row(study, preset) for study in studies for preset in study.presets])
        return 0
    for number, study in enumerate(studies):
        if number:
            print()
        _print_study(study)
    return 0


def _print_study(study: Study) -> None:
    reconstruction = ", a reconstruction" if study.is_reconstruction else ""
    print(f"Study: {study.title} ({study.name}{reconstruction})")
    print(_indented(study.story))
    print(_indented(f"Source: {study.source}"))
    if study.published:
        print(_indented(f"Published: {study.published}"))
    for comparison in study.comparisons:
        print(_indented(f"Comparison: {comparison.title} {' / '.join(comparison.presets)}"))
    for preset in study.presets:
        row = _row(study, preset)
        default = " (default)" if row["name"] == DEFAULT_PRESET else ""
        print(f"{row['name']}{default}: {row['title']}; {row['dataset']}, {row['num_parameters']:,} parameters")
        print(_indented(f"{row['story']} Watch: {row['watch']}"))


def _indented(text: str) -> str:
    return textwrap.indent(textwrap.fill(text, 100, break_on_hyphens=False), "    ")


def _row(study: Study, preset: Preset) -> dict[str, Any]:
    experiment = preset.experiment()
    return {
        "name": preset.name,
        "title": preset.title,
        "study": study.name,
        "story": preset.story,
        "watch": preset.watch,
        "dataset": experiment.data.dataset,
        "num_parameters": analyse(experiment).num_parameters,
        "sibling": preset.sibling,
        "comparisons": [each.name for each in study.comparisons if preset.name in each.presets],
    }
