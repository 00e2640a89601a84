"""Figures that are kept from one measurement to the next, and the page that is made of nothing else."""

from __future__ import annotations

import datetime
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.table import Row, format_rows


@dataclass(frozen=True, slots=True)
class Seen:
    """The figures of one section, and where and when they were seen."""

    rows: list[Row]
    where: str
    date: str


def this_machine() -> str:
    """Cores, memory and processor, in words."""
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{psutil.cpu_count()} cores, {memory} GiB, {platform.machine()}, no GPU used"


def seen_today(rows: list[Row], where: str) -> Seen:
    return Seen(rows, where, str(datetime.date.today()))


@dataclass(frozen=True, slots=True)
class Page:
    """A document that a command writes.

    Attributes:
        file: Keeps the figures, as JSON.
        document: Is made of them.
        introduction: Markdown before the first section.
        titles: Of all sections, by the name that the command knows them by, in their order.
    """

    file: Path
    document: Path
    introduction: str
    titles: Mapping[str, str]

    def read(self) -> dict[str, Seen]:
        """What was seen so far, by the section's name."""
        if not self.file.is_file():
            return {}
        stored = json.loads(self.file.read_text())
        return {
            name: Seen([Row(**row) for row in each["rows"]], each["where"], each["date"])
            for name, each in stored.items()
        }

    def write(self, found: Mapping[str, Seen]) -> None:
        """Puts new figures in the place of the old ones, and all of them into the document."""
        merged = {**self.read(), **found}
        ordered: dict[str, Any] = {name: asdict(merged[name]) for name in self.titles if name in merged}
        self.file.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")
        self.document.write_text(self.text({name: merged[name] for name in ordered}))

    def text(self, found: Mapping[str, Seen]) -> str:
        """The whole document."""
        parts = [self.introduction]
        for name, seen in found.items():
            parts.append(
                f"## {self.titles[name]}\n\n{format_rows(seen.rows)}\n\n`{name}`, {seen.date}: {seen.where}.\n"
            )
        return "\n".join(parts)
