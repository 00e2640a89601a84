"""Tables, numbers and JSON as the commands print them."""

import json
import sys
from collections.abc import Sequence
from typing import Any


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], right: str = "") -> None:
    """Prints aligned columns.

    Args:
        header: Names of the columns.
        rows: Cells as text.
        right: One letter per column, `>` for those aligned to the right; missing ones are aligned to the left.
    """
    cells = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    aligns = right.ljust(len(header), "<")
    for row in cells:
        parts = [f"{cell:{align}{width}}" for cell, align, width in zip(row, aligns, widths, strict=True)]
        print("  ".join(parts).rstrip())


def print_json(value: Any) -> None:
    """Prints one JSON value over several lines."""
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False, allow_nan=False)
    print()


def percent(fraction: float | None) -> str:
    """A fraction in percent; nothing for None."""
    return "" if fraction is None else f"{fraction:.2%}"
