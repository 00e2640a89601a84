"""docs/guarantees.md: what was seen of each promise."""

from pathlib import Path

from benchmarks.seen import Page
from soak.suite import SUITE

INTRODUCTION = """# Guarantees

Written by `make soak`: do not edit. Each promise is put to the test as often as the last column says, with real processes,
real signals and real files in a workspace of its own; a figure that must be at most 0 counts what went wrong. What was not
run is not here. A short form of each stands in `make test`.
"""

GUARANTEES = Page(
    file=Path(__file__).parent / "guarantees.json",
    document=Path(__file__).parents[1] / "docs" / "guarantees.md",
    introduction=INTRODUCTION,
    titles={name: proof.promise.removesuffix(".") for name, proof in SUITE.items()},
)
