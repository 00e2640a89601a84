"""`python -m benchmarks [NAME ...] [--json] [--try]`: measures, prints one table, writes docs/performance.md."""

import argparse
import json
import os
import signal
import sys

from benchmarks.performance import PERFORMANCE
from benchmarks.seen import seen_today, this_machine
from benchmarks.suite import SUITE, CannotMeasure
from benchmarks.table import Row, format_rows


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(SUITE)}; none means all")
    parser.add_argument("--json", action="store_true", help="one JSON list instead of a table")
    parser.add_argument("--try", action="store_true", dest="tries", help="the document stays as it is")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in SUITE]:
        parser.error(f"there is no benchmark “{unknown[0]}”; there are {', '.join(SUITE)}")
    rows: list[Row] = []
    for name in options.names or SUITE:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        where = f"{this_machine()}; load average {os.getloadavg()[0]:.1f} before it"
        try:
            found = SUITE[name].measure()
        except CannotMeasure as reason:
            print(f"  left out: {reason}", file=sys.stderr, flush=True)
            continue
        rows += found
        if not options.tries:
            # After each, so that what has been measured is not lost when a later one is stopped.
            PERFORMANCE.write({name: seen_today(found, where)})
    print(json.dumps([row.to_json() for row in rows]) if options.json else format_rows(rows))
    return 0


if __name__ == "__main__":
    # Ended from outside, it still takes server, browser and trainers with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    raise SystemExit(main())
