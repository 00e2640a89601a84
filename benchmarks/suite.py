"""All figures that are measured, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from benchmarks.table import Row


class CannotMeasure(Exception):
    """Something that a benchmark needs is not there; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A group of figures.

    Attributes:
        title: Of its section.
        module: Whose `measure()` gives its rows.
    """

    title: str
    module: str

    def measure(self) -> list[Row]:
        """The figures; takes seconds or minutes.

        Raises:
            CannotMeasure: If what it needs is not installed.
        """
        measure: Callable[[], list[Row]] = import_module(self.module).measure
        return measure()


SUITE = {
    "accuracy": Benchmark("The default experiment", "benchmarks.accuracy"),
    "throughput": Benchmark("Samples per second, against a bare loop", "benchmarks.throughput"),
    "minimodel": Benchmark("MiniModel, against a bare loop", "benchmarks.minimodel"),
    "recording": Benchmark("Recording every step", "benchmarks.recording"),
    "opponents": Benchmark("Against Lightning and Keras", "benchmarks.opponents"),
    "stochastic": Benchmark("Stochastic depth, against constant depth", "benchmarks.stochastic_depth"),
    "memory": Benchmark("The estimate of memory, against its measured peak", "benchmarks.memory"),
    "analysis": Benchmark("The server's work for an edit", "benchmarks.analysis"),
    "depth": Benchmark("The cost of a block in deep towers", "benchmarks.depth"),
    "rows": Benchmark("Long runs", "benchmarks.rows"),
    "screen": Benchmark("What a person waits for", "benchmarks.screen"),
    "opening": Benchmark("Long runs in the browser", "benchmarks.opening"),
    "main_thread": Benchmark("What the live charts take of the browser", "benchmarks.main_thread"),
    "server": Benchmark("What the web server holds", "benchmarks.server"),
    "crowd": Benchmark("Many tabs on one run", "benchmarks.crowd"),
    "viewers": Benchmark("Nobody watching, everybody watching", "benchmarks.viewers"),
}
