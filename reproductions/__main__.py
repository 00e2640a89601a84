"""`python -m reproductions [STUDY ...]`: trains, then writes the measured rows for the screen and for the docs."""

import argparse
import datetime
import platform

import psutil

from builder.spec.presets.registry import STUDIES
from builder.spec.presets.reproductions import FILE, Reproductions, parse_reproductions
from reproductions.page import DOCUMENT, page
from reproductions.studies import MEASURES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m reproductions", description=__doc__)
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=f"of {', '.join(MEASURES)}; all by default")
    options = parser.parse_args()
    for name in options.studies:
        if name not in MEASURES:
            parser.error(f"There is no study {name!r}. Studies: {', '.join(MEASURES)}.")
    for name in options.studies or MEASURES:
        print(f"{STUDIES[name].title} …", flush=True)
        rows = [row.model_copy(update=_where_and_when()) for row in MEASURES[name]()]
        for row in rows:
            print(f"  {row.preset}: {row.what} {row.ours}, {row.seconds} s", flush=True)
        # After each study, so that what has been measured is not lost when a later one is stopped.
        _write(name, rows)


def _where_and_when() -> dict[str, str]:
    memory = round(psutil.virtual_memory().total / 2**30)
    cores = psutil.cpu_count(logical=False)
    return {
        "hardware": f"{cores} cores, {memory} GiB, {platform.machine()}, no GPU used",
        "date": str(datetime.date.today()),
    }


def _write(study: str, rows: list) -> None:
    """Puts a study's new rows in the place of its old ones, and all of them in the order of the studies."""
    old = parse_reproductions(FILE.read_bytes(), FILE.name).rows if FILE.is_file() else ()
    kept = [row for row in old if row.study != study]
    order = list(STUDIES)
    found = Reproductions(rows=tuple(sorted([*kept, *rows], key=lambda row: order.index(row.study))))
    FILE.write_text(found.model_dump_json(indent=1) + "\n")
    DOCUMENT.write_text(page(found))


if __name__ == "__main__":
    main()
