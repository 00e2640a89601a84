"""What `make reproduce` measured, beside what was published; written by it, read by the screen."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from builder.spec.problems import DocumentError, Problem
from builder.spec.validation import problems_of

FILE = Path(__file__).parent / "reproductions.json"

_Number = float | str
"""A number, or a number with its spread and unit as text."""


class Reproduction(BaseModel):
    """One measured result.

    Attributes:
        study: Its study's name.
        preset: The preset that was run.
        what: The quantity, as in “test accuracy”.
        published: What the source reports; None if it reports nothing.
        ours: What was measured; None if it was not run.
        seeds: How many seeds.
        epochs: How many epochs each.
        subset: The part of the data that was trained on; empty for all of it.
        seconds: Time of one run.
        difference: A plain sentence on what differs from the source; empty if nothing does.
        hardware: Where it was measured.
        date: When, as in 2026-11-21.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    study: str
    preset: str
    what: str
    published: _Number | None = None
    ours: _Number | None = None
    seeds: int = Field(default=1, ge=1)
    epochs: float | None = Field(default=None, ge=0)
    subset: str | None = ""
    seconds: float | None = Field(default=None, ge=0)
    difference: str | None = ""
    hardware: str = ""
    date: str = ""


class Reproductions(BaseModel):
    """All measured results."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: tuple[Reproduction, ...]

    def of_study(self, name: str) -> list[Reproduction]:
        """What was measured for a study; what was not run is left out."""
        return [row for row in self.rows if row.study == name and row.ours is not None]


def parse_reproductions(content: bytes, place: str) -> Reproductions:
    """Reads the file's content.

    Args:
        content: JSON.
        place: The file's name, for messages.

    Raises:
        DocumentError: With the place and reason of everything that is wrong with it.
    """
    try:
        raw: Any = json.loads(content)
    except ValueError as error:
        raise DocumentError([Problem(None, place, f"This is not JSON: {error}. Run make reproduce.")]) from error
    try:
        return Reproductions.model_validate(raw)
    except ValidationError as error:
        found = problems_of(raw, error)
        raise DocumentError([Problem(None, f"{place}: {each.path}", each.message) for each in found]) from error


@cache
def reproductions() -> Reproductions | None:
    """What was measured; None if nothing was.

    Raises:
        DocumentError: If the file is malformed.
    """
    return parse_reproductions(FILE.read_bytes(), FILE.name) if FILE.is_file() else None
