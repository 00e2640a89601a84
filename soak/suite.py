"""All promises that are put to the test, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from benchmarks.table import Row


@dataclass(frozen=True, slots=True)
class Proof:
    """How a promise is tested.

    Attributes:
        promise: In words.
        module: Whose `measure(number)` tests it.
        number: How often in full.
        short: How often in a minute's look at all of them.
    """

    promise: str
    module: str
    number: int
    short: int

    def measure(self, short: bool = False) -> list[Row]:
        """The figures; takes minutes, unless it is `short`."""
        measure: Callable[[int], list[Row]] = import_module(self.module).measure
        return measure(self.short if short else self.number)


SUITE = {
    "resume": Proof("A run that was killed goes on to the same end, bit for bit.", "soak.resume", 100, 2),
    "checkpoints": Proof("A checkpoint is whole or absent, and the last two are kept.", "soak.checkpoints", 500, 10),
    "rows": Proof("Rows once acknowledged survive a killed process.", "soak.rows", 500, 10),
    "server": Proof("The web server may die.", "soak.server", 20, 1),
    "supervisor": Proof("The supervisor may die.", "soak.supervisor", 20, 1),
    "phantom": Proof("No run is shown running whose trainer is gone.", "soak.phantom", 50, 1),
    "stop": Proof("Stop means stop.", "soak.stop", 50, 1),
    "queue": Proof("The queue is fair, and starts each run once.", "soak.queue", 60, 4),
    "long_use": Proof("Long use costs no memory.", "soak.long_use", 500, 5),
    "charts": Proof("Charts hide nothing, and what is drawn stays where it is.", "soak.charts", 40, 1),
    "hostile": Proof("Hostile documents and messages do nothing.", "soak.hostile", 20_000, 300),
}
