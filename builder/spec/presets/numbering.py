"""Networks written by hand: nested items without ids, numbered in the order they stand."""

from collections.abc import Sequence
from typing import Any

from builder.spec.network import NetworkSpec

NestedItem = dict[str, Any]


def number_items(items: Sequence[NestedItem], first: int = 1) -> tuple[list[NestedItem], int]:
    """Gives every item an id, lanes and repeats included.

    Returns:
        The items with ids, and the next free number.
    """
    numbered: list[NestedItem] = []
    for item in items:
        copy = {**item, "id": f"i{first}"}
        first += 1
        for lane in ("items", "body", "shortcut"):
            if lane in copy:
                copy[lane], first = number_items(copy[lane], first)
        numbered.append(copy)
    return numbered, first


def network(items: Sequence[NestedItem], **fields: Any) -> NetworkSpec:
    """A network of nested items without ids."""
    numbered, next_id = number_items(items)
    return NetworkSpec.model_validate({"items": numbered, "next_id": next_id, **fields})
