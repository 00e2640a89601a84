"""`python -m soak [NAME ...] [--json] [--short]`: puts promises to the test, prints one table, writes docs/guarantees.md."""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
import uuid

from benchmarks.seen import seen_today, this_machine
from benchmarks.table import Row, format_rows
from soak.guarantees import GUARANTEES
from soak.processes import describe, may_be_gone, processes_with
from soak.suite import SUITE

_MARK = "HIGHRISE_SOAK"
_GRACE_SECONDS = 30.0
"""The short-lived child of a killed server that lists the devices imports torch, and then ends by itself."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(SUITE)}; none means all")
    parser.add_argument("--json", action="store_true", help="one JSON list instead of a table")
    parser.add_argument("--short", action="store_true", help="a look at each; the document stays as it is")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in SUITE]:
        parser.error(f"there is no promise “{unknown[0]}”; there are {', '.join(SUITE)}")
    os.environ[_MARK] = uuid.uuid4().hex
    # Ended from outside, it still clears up behind itself.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HIGHRISE_WORKSPACE"] = folder
        for name in options.names or SUITE:
            print(f"{name} …", file=sys.stderr, flush=True)
            began = time.monotonic()
            found = [*SUITE[name].measure(options.short), _left_behind()]
            print(f"  {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
            rows += found
            if not options.short:
                # After each, so that what has been seen is not lost when a later one is stopped.
                GUARANTEES.write({name: seen_today(found, this_machine())})
    print(json.dumps([row.to_json() for row in rows]) if options.json else format_rows(rows))
    return 0 if all(row.holds is not False for row in rows) else 1


def _left_behind() -> Row:
    """Processes that the last promise has left, which are ended."""
    deadline = time.monotonic() + _GRACE_SECONDS
    while (left := processes_with(_MARK)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for process in left:
        print(f"  left behind, now killed: {describe(process)}", file=sys.stderr, flush=True)
        with may_be_gone():
            process.kill()
    return Row("processes left behind", len(left), len(left), len(left), "", 0, "at most", "of all that were started")


if __name__ == "__main__":
    raise SystemExit(main())
