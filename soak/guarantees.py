"""What was seen of each promise, kept from one soak to the next, and docs/guarantees.md, made of nothing else."""

from __future__ import annotations

import datetime
import json
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.table import Row, format_rows
from soak.suite import SUITE

FILE = Path(__file__).parent / "guarantees.json"
DOCUMENT = Path(__file__).parents[1] / "docs" / "guarantees.md"

INTRODUCTION = """# Guarantees

Written by `make soak`: do not edit. Each promise is put to the test as often as the last column says, with real processes,
real signals and real files in a workspace of its own; a figure that must be at most 0 counts what went wrong. What was not
run is not here. A short form of each stands in `make test`.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The figures of one promise, and where and when they were seen."""

    rows: list[Row]
    where: str
    date: str


def seen_now(rows: list[Row]) -> Seen:
    """Figures of this machine, today."""
    memory = round(psutil.virtual_memory().total / 2**30)
    where = f"{psutil.cpu_count()} cores, {memory} GiB, {platform.machine()}, no GPU used"
    return Seen(rows, where, str(datetime.date.today()))


def read() -> dict[str, Seen]:
    """What was seen so far, by the promise's name."""
    if not FILE.is_file():
        return {}
    stored = json.loads(FILE.read_text())
    return {
        name: Seen([Row(**row) for row in each["rows"]], each["where"], each["date"]) for name, each in stored.items()
    }


def write(found: dict[str, Seen]) -> None:
    """Puts the new figures in the place of the old ones, and all of them into the document."""
    merged = {**read(), **found}
    ordered: dict[str, Any] = {name: asdict(merged[name]) for name in SUITE if name in merged}
    FILE.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")
    DOCUMENT.write_text(page({name: merged[name] for name in ordered}))


def page(found: dict[str, Seen]) -> str:
    """The whole document."""
    parts = [INTRODUCTION]
    for name, seen in found.items():
        title = SUITE[name].promise.removesuffix(".")
        parts.append(f"## {title}\n\n{format_rows(seen.rows)}\n\n`{name}`, {seen.date}: {seen.where}.\n")
    return "\n".join(parts)
