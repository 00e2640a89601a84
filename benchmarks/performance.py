"""docs/performance.md: the figures that were measured last."""

from pathlib import Path

from benchmarks.seen import Page
from benchmarks.suite import SUITE

INTRODUCTION = """# Performance

Written by `make bench`: do not edit. Each row is the median, the smallest and largest repetition, the floor, and whether the
median reaches it; under each table stand its name for `make bench ARGS="NAME …"`, the day and the machine. What was not
measured is not here. [Measuring](measuring.md) says what each figure means, how it is measured, and what we saw.
"""

PERFORMANCE = Page(
    file=Path(__file__).parent / "performance.json",
    document=Path(__file__).parents[1] / "docs" / "performance.md",
    introduction=INTRODUCTION,
    titles={name: benchmark.title for name, benchmark in SUITE.items()},
)
