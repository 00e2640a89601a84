"""`python -m benchmarks [NAME ...] [--json]`: measures and prints one table."""

import argparse
import json
import sys
from collections.abc import Callable
from importlib import import_module

from benchmarks.table import Row, format_rows

BENCHMARKS = {
    "accuracy": "benchmarks.accuracy",
    "throughput": "benchmarks.throughput",
    "minimodel": "benchmarks.minimodel",
    "stochastic": "benchmarks.stochastic_depth",
    "memory": "benchmarks.memory",
    "analysis": "benchmarks.analysis",
    "screen": "benchmarks.screen",
    "server": "benchmarks.server",
    "crowd": "benchmarks.crowd",
    "viewers": "benchmarks.viewers",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}; none means all")
    parser.add_argument("--json", action="store_true", help="one JSON list instead of a table")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark “{unknown[0]}”; there are {', '.join(BENCHMARKS)}")
    rows: list[Row] = []
    for name in arguments.names or BENCHMARKS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        measure: Callable[[], list[Row]] = import_module(BENCHMARKS[name]).measure
        rows += measure()
    print(json.dumps([row.to_json() for row in rows]) if arguments.json else format_rows(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
