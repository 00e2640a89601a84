"""Text and numbers as they go into a figure: escaped, rounded, safe as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable

SIGNIFICANT_DIGITS = 5
DIGITS_OF_COLOURS = 3
"""Nobody sees more of a colour."""


def escape(text: str) -> str:
    """A user's text as text: plotly reads `<b>`, `<a href>` and `&…;` in names and titles as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def to_json_number(value: float, digits: int = SIGNIFICANT_DIGITS) -> float | int | None:
    """The value with so many significant digits, or None where it is not finite: JSON has no NaN."""
    if not math.isfinite(value):
        return None
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def to_json_numbers(values: Iterable[float], digits: int = SIGNIFICANT_DIGITS) -> list[float | int | None]:
    """`to_json_number` of each value."""
    return [to_json_number(value, digits) for value in values]


def rate_label(value: float) -> str:
    """A learning rate in as few characters as it takes: `0.05`, `5e-3`."""
    if value == 0 or 0.01 <= abs(value) < 1000:
        return f"{value:.3g}"
    mantissa, exponent = f"{value:.2e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
