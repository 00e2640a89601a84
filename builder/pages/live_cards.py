"""What the cards of the tower show while a run trains: what each block does at the newest step. Knows no Streamlit."""

from __future__ import annotations

import math
from typing import Any

from builder.charts.blocks import is_frozen, num_trained
from builder.charts.text import to_json_number
from builder.workspace.rows import RunReader, find_series, is_absent

QUANTITIES = {"gradient": "grad_norm", "alive": "alive", "update": "update_ratio", "gate": "gate_mean"}
"""What is told of each copy of a block, and the quantity of the rows that it is."""

DIGITS = 3
NOT_FINITE = "NaN"
"""In the place of a number that is none: JSON has no word for it."""


class LiveCards:
    """Reads what a run's blocks do now, after its first step.

    Args:
        reader: Of a run that has begun, so that its blocks and series are known.
    """

    def __init__(self, reader: RunReader) -> None:
        self._reader = reader
        self._copies: dict[str, list[str]] = {}
        self._trained: dict[str, int] = {}
        self._by_group: dict[str, dict[str, int]] = {}
        for block in reader.info().get("blocks", []):
            self._copies.setdefault(block["item"], []).append(block["address"])
            self._trained[block["address"]] = 0 if is_frozen(block) else num_trained(block)
            self._by_group[block["address"]] = block.get("num_by_group") or {}
        names = {quantity: name for name, quantity in QUANTITIES.items()}
        self._wanted: dict[int, list[tuple[int, str, str]]] = {}
        for each in reader.series():
            if each.family == "profile" and each.quantity in names:
                self._wanted.setdefault(each.every, []).append((each.id, names[each.quantity], each.subject))
        groups = [each for each in find_series(reader.series(), "grad_norm") if each.family == "scalar"]
        self._groups = {each.subject: each.id for each in groups}

    def read(self) -> dict[str, Any] | None:
        """`{step, probed_at, items}`; None before the first step, or of a tower without blocks.

        `items` has for each block lists in the order of its copies, those that there are: `gradient`, the root mean
        square per trained parameter before clipping; `alive`, 1 or 0; `frozen`, 1 or 0, if one of them is; and from the
        newest probe `update`, ‖Δw‖ / ‖w‖, and `gate`, the mean transform gate. None: a dropped or frozen copy has none,
        or it was not measured yet.
        """
        last = self._reader.last_step()
        if not last or not self._wanted:
            return None
        trained = self._trained_at(last)
        values: dict[tuple[str, str], float | int | str | None] = {}
        for every, wanted in self._wanted.items():
            if step := last - last % every:
                row = self._reader.read([number for number, _, _ in wanted], step, step).mean[-1]
                absent = is_absent(row)
                for (_, name, address), value, is_missing in zip(wanted, row, absent, strict=True):
                    scale = math.sqrt(trained.get(address) or 1) if name == "gradient" else 1.0
                    values[name, address] = None if is_missing else _told(value / scale)
        items: dict[str, dict[str, list[Any]]] = {
            item: {
                name: [values.get((name, address)) for address in addresses]
                for name in QUANTITIES
                if any((name, address) in values for address in addresses)
            }
            for item, addresses in self._copies.items()
        }
        for item, addresses in self._copies.items():
            frozen = [int(trained[address] == 0) for address in addresses]
            if any(frozen):
                items[item]["frozen"] = frozen
        probe = max(self._wanted)
        return {"step": last, "probed_at": last - last % probe if probe > 1 else 0, "items": items}

    def _trained_at(self, step: int) -> dict[str, int]:
        """How many parameters of each copy were trained at a step: a group that is frozen has no gradient."""
        if not self._groups:
            return self._trained
        row = self._reader.read(list(self._groups.values()), step, step).mean[-1]
        learning = {name for name, absent in zip(self._groups, is_absent(row), strict=True) if not absent}
        found = dict(self._trained)
        for address, by_group in self._by_group.items():
            if by_group:
                found[address] = sum(number for name, number in by_group.items() if name in learning)
        return found


def _told(value: float) -> float | int | str:
    number = to_json_number(float(value), DIGITS)
    return NOT_FINITE if number is None else number
