"""A run as charts see it: who it is, and what it records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from builder.charts.text import escape
from builder.workspace.rows import Family, RunReader, Series


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run that someone chose to look at; it may not have recorded anything yet.

    Attributes:
        id: the store's.
        name: the user's text, unescaped.
        folder: where its rows are.
        colour: see `look.run_colours`.
        dash: see `look.run_dashes`; where several runs are drawn.
        label: what legends call it, where its name stands elsewhere; the name by default.
    """

    id: str
    name: str
    folder: Path
    colour: str
    dash: str = "solid"
    label: str = ""


@dataclass(frozen=True)
class RecordedRun:
    """A run that has begun to record, with the facts that never change."""

    run: ShownRun
    reader: RunReader
    info: Mapping[str, Any]
    series: tuple[Series, ...]

    @property
    def id(self) -> str:
        """The store's id."""
        return self.run.id

    @property
    def name(self) -> str:
        """The whole name, escaped."""
        return escape(self.run.name)

    @property
    def label(self) -> str:
        """What legends call it, escaped."""
        return escape(self.run.label or self.run.name)

    @property
    def num_steps(self) -> int:
        """Planned steps; 0 if the run does not say."""
        return int(self.info.get("num_steps") or 0)

    @property
    def groups(self) -> list[Mapping[str, Any]]:
        """Parameter groups: name, colour and the like."""
        return self.info.get("groups", [])

    @cached_property
    def blocks(self) -> list[Mapping[str, Any]]:
        """Block copies in order of depth: address, kind, depth and the like."""
        return sorted(self.info.get("blocks", []), key=lambda block: block["depth"])

    @property
    def items_by_depth(self) -> list[str]:
        """Which item of the tower the block at each depth is, from depth 1 on; empty where there is none."""
        items = {block["depth"]: block["item"] for block in self.blocks}
        return [items.get(depth, "") for depth in range(1, max(items, default=0) + 1)]

    def to_json(self) -> dict[str, Any]:
        """What a page says of it: label and name escaped, and how many steps make an epoch, if it is known."""
        return {"label": self.label, "name": self.name, "steps_per_epoch": self.info.get("steps_per_epoch")}

    def find(self, quantity: str, subject: str, family: Family = "scalar") -> Series | None:
        """The series of a quantity and subject, if the run records it.

        A group may be named like a block's address; its family tells them apart.
        """
        return self._by_name.get((quantity, subject, family))

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, Family], Series]:
        return {(each.quantity, each.subject, each.family): each for each in self.series}
