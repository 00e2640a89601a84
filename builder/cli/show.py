"""`show`: what a document amounts to, or the document itself."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from builder.cli.text import print_json, print_table
from builder.spec import Analysis, Experiment, analyse, dump_experiment, load_experiment
from builder.spec.analysis import ItemRow
from builder.spec.blocks.base import Block
from builder.spec.network import Repeat
from builder.spec.shapes import Shape, shape_text
from builder.spec.sizes import bytes_text

HAS_PROBLEMS = 2


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("show", help="print shapes, counts, groups and problems of an experiment")
    parser.add_argument("experiment", metavar="EXPERIMENT", help="a preset's name or a .json file")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--document", action="store_true", help="print the document itself, as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    experiment = load_experiment(options.experiment)
    if options.document:
        print(dump_experiment(experiment, indent=2))
        return 0
    analysis = analyse(experiment)
    if options.json:
        print_json(as_json(analysis))
    else:
        _print_tables(experiment, analysis)
    sys.stdout.flush()
    for problem in analysis.problems:
        print(problem, file=sys.stderr)
    return HAS_PROBLEMS if analysis.problems else 0


def as_json(analysis: Analysis) -> dict[str, Any]:
    """The analysis as `show --json` prints it; a shape is null where a problem hides it."""
    return {
        "num_parameters": analysis.num_parameters,
        "num_macs": analysis.num_macs,
        "num_steps": analysis.num_steps,
        "memory_bytes": analysis.memory.total,
        "items": [
            {
                "id": row.id,
                "kind": row.kind,
                "in_shape": row.in_shape,
                "out_shape": row.out_shape,
                "num_parameters": row.num_parameters,
                "num_macs": row.num_macs,
                "copies": row.copies,
            }
            for row in analysis.items.values()
        ],
        "groups": [
            {
                "name": row.spec.name,
                "num_parameters": row.num_parameters,
                "learning_rate": row.spec.learning_rate,
                "weight_decay": row.spec.weight_decay,
                "frozen": row.spec.frozen,
            }
            for row in analysis.groups
        ],
        "problems": [
            {"item": problem.item_id, "path": problem.path, "message": problem.message} for problem in analysis.problems
        ],
    }


def _print_tables(experiment: Experiment, analysis: Analysis) -> None:
    print(f"{experiment.name}, on {experiment.data.dataset}")
    if experiment.notes:
        print(experiment.notes)
    print()
    print_table(
        ("item", "kind", "in", "out", "parameters", "copies"),
        [
            (
                "  " * level + row.id,
                label,
                _shape(row.in_shape),
                _shape(row.out_shape),
                f"{row.num_parameters:,}" if row.num_parameters else "",
                str(row.copies),
            )
            for level, label, row in _placed(experiment.network.items, analysis.items)
        ],
        "<<>>>>",
    )
    print()
    print_table(
        ("group", "tensors", "parameters", "learning rate", "weight decay"),
        [
            (
                row.spec.name,
                f"{row.num_tensors:,}",
                f"{row.num_parameters:,}",
                "frozen" if row.spec.frozen else f"{row.spec.learning_rate:g}",
                f"{row.spec.weight_decay:g}",
            )
            for row in analysis.groups
        ],
        "<>>>>",
    )
    print()
    print(f"{analysis.num_parameters:,} parameters, {analysis.num_macs:,} multiply-adds per sample")
    print(f"{analysis.num_steps:,} steps, {analysis.steps_per_epoch:,} in an epoch of {analysis.num_train:,} samples")
    print(f"about {bytes_text(analysis.memory.total)} of memory while training")


def _shape(shape: Shape | None) -> str:
    return "?" if shape is None else shape_text(shape)


def _placed(items: Any, rows: dict[str, ItemRow], level: int = 0) -> Iterator[tuple[int, str, ItemRow]]:
    """Every item with its nesting and its label, in the order of the document."""
    for item in items:
        if isinstance(item, Repeat):
            yield level, f"repeat ×{item.times}", rows[item.id]
            yield from _placed(item.items, rows, level + 1)
        elif isinstance(item, Block):
            yield level, f"{item.kind} (bypassed)" if item.bypassed else item.kind, rows[item.id]
            for lane in ("body", "shortcut"):
                for layer in getattr(item, lane):
                    yield level + 1, f"{lane}: {_layer_label(layer)}", rows[layer.id]
        else:
            yield level, _layer_label(item), rows[item.id]


def _layer_label(layer: Any) -> str:
    detail = getattr(layer, "function", None) or getattr(layer, "method", None)
    return f"{layer.kind} {detail}" if isinstance(detail, str) else layer.kind
