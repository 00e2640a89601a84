"""`preflight`: one step at the initial weights: which blocks vanish or explode, and what a run will take."""

import argparse
import math
from typing import Any

from builder.cli.text import print_json, print_table
from builder.cli.train import add_training_options, with_settings
from builder.spec import analyse, load_experiment
from builder.spec.preflight import Flow, Verdict, judge
from builder.spec.sizes import bytes_text

FAILED = 1


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "preflight", help="one step at the initial weights: which blocks vanish or explode, time per epoch, memory"
    )
    parser.add_argument("experiment", metavar="EXPERIMENT", help="a preset's name or a .json file")
    add_training_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    experiment = with_settings(load_experiment(options.experiment), options)
    # Only here: a bad document must be told of within a moment, and torch takes seconds to load.
    from builder.cli.foreground import preflight_in_foreground

    flow = preflight_in_foreground(experiment)
    if flow is None:
        return FAILED
    verdict = judge(experiment, flow)
    memory_bytes = analyse(experiment).memory.total
    if options.json:
        print_json(as_json(flow, verdict, memory_bytes))
    else:
        _print_tables(flow, verdict, memory_bytes)
    return 0


def as_json(flow: Flow, verdict: Verdict, memory_bytes: int) -> dict[str, Any]:
    """The answer as `preflight --json` prints it; an infinity or NaN is a text, for JSON has no word for it."""
    return {
        "sentence": verdict.sentence,
        "loss": _number(flow.loss),
        "input_rms": _number(flow.input_rms),
        "step_seconds": flow.pace.step_seconds,
        "epoch_seconds": flow.pace.epoch_seconds,
        "memory_bytes": memory_bytes,
        "blocks": [
            {
                "address": block.address,
                "item": block.item,
                "depth": block.depth,
                "grad_rms": None if block.grad_rms is None else _number(block.grad_rms),
                "activation_rms": _number(block.activation_rms),
                "call": verdict.calls.get(block.address),
            }
            for block in flow.blocks
        ],
    }


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def _print_tables(flow: Flow, verdict: Verdict, memory_bytes: int) -> None:
    print_table(
        ("depth", "block", "gradient RMS", "activation RMS", ""),
        [
            (
                str(block.depth),
                block.address,
                "" if block.grad_rms is None else f"{block.grad_rms:.2e}",
                f"{block.activation_rms:.2e}",
                verdict.calls.get(block.address, ""),
            )
            for block in flow.blocks
        ],
        "><>>",
    )
    print()
    print(verdict.sentence or "No block vanishes or explodes.")
    pace = flow.pace
    print(f"loss {flow.loss:.4g} before the first update; {1000 * pace.step_seconds:.3g} ms a step")
    print(f"about {pace.epoch_seconds:.3g} s an epoch of {pace.steps_per_epoch:,} steps, evaluations left out")
    print(f"about {bytes_text(memory_bytes)} of memory while training")
