"""Counting how often a promise did not hold."""

import sys
from dataclasses import dataclass, field

from benchmarks.table import Row


@dataclass(slots=True)
class Tally:
    """Tries of one promise.

    Attributes:
        what: What went wrong in the tries that are counted, in words.
        num_tries: All of them.
        failures: What was seen in those that did not hold.
    """

    what: str
    num_tries: int = 0
    failures: list[str] = field(default_factory=list)

    def count(self, wrong: str = "") -> None:
        """One more try; `wrong` says what was seen if it did not hold, and is told at once."""
        self.num_tries += 1
        if wrong:
            self.failures.append(wrong)
            print(f"  {self.what}: {wrong}", file=sys.stderr, flush=True)

    def row(self, how: str) -> Row:
        """The number of failures, which must be 0; `how` follows the number of tries."""
        if not self.num_tries:
            raise ValueError(f"“{self.what}” was never tried.")
        num_failures = len(self.failures)
        return Row(
            self.what, num_failures, num_failures, num_failures, "", 0, "at most", f"of {self.num_tries:,}: {how}"
        )
