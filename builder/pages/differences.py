"""What tells runs apart: the few values of their documents that are not the same. Knows no Streamlit."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from builder.pages.tower_words import tower_words
from builder.workspace.runs import DOCUMENT_NAME

MAX_REMEMBERED = 512
_LEFT_OUT = {"format", "name", "notes", "training.pace", "training.device", "network.next_id"}
_TITLES = {"data.dataset": "", "tower": "", "items": "layers"}
"""Values that say by themselves what they are."""
_TABLE_TITLES = {"data.dataset": "data set", "tower": "tower", "items": "layers"}
_NOTHING = "–"
"""In the place of a value that a run's document has not."""


@lru_cache(MAX_REMEMBERED)
def values_of(folder: Path) -> Mapping[str, Any]:
    """The values of the document in a run's folder by their paths; a run's document never changes."""
    return flattened(json.loads((folder / DOCUMENT_NAME).read_text(encoding="utf-8")))


def flattened(document: Mapping[str, Any]) -> dict[str, Any]:
    """All values by path, groups by name; of the items what the tower is in a word, and then their text."""
    found: dict[str, Any] = {}
    network = dict(document.get("network") or {})
    items = network.pop("items", [])
    found["tower"] = tower_words(items)
    groups = document.get("groups") or []
    for field in dict.fromkeys(field for group in groups for field in group if field not in ("name", "colour", "rule")):
        settings = {f"{group.get('name', '')} {_NAMES.get(field, field)}": group.get(field) for group in groups}
        # What is the same in all groups is said once.
        found.update(settings if len(set(map(_key, settings.values()))) > 1 else {field: groups[0].get(field)})
    _flatten("", {**document, "network": network, "groups": None}, found)
    found["items"] = json.dumps(items, sort_keys=True)
    return found


def _flatten(path: str, value: Any, found: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _flatten(f"{path}.{name}" if path else name, inner, found)
    else:
        found[path] = value


def differences(values: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """For each run the values in which it is not as most of them are, in words: `seed 1`, `bodies rate 0.5`.

    What the fewest share comes first.

    Args:
        values: what `values_of` says of each run, by id.
    """
    varied = _varied(values)
    words: dict[str, list[tuple[int, str]]] = {run_id: [] for run_id in values}
    variants: list[str] = []
    for path in varied:
        counts = Counter(_key(each[path]) for each in values.values() if path in each)
        for run_id, each in values.items():
            if path not in each or (text := _value_text(path, each[path], variants)) is None:
                continue
            num_sharing = counts[_key(each[path])]
            if num_sharing <= len(values) / 2:
                words[run_id].append((num_sharing, f"{_TITLES.get(path, _title(path))} {text}".strip()))
    return {run_id: [text for _, text in sorted(parts, key=lambda part: part[0])] for run_id, parts in words.items()}


def difference_rows(values: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every value in which these runs are not all the same: `{title, cells}`, the cells' words in the runs' order.

    Args:
        values: what `values_of` says of each run, by id.
    """
    variants: list[str] = []
    rows = []
    for path in _varied(values):
        cells = [_value_text(path, each[path], variants) if path in each else None for each in values.values()]
        title = _TABLE_TITLES.get(path) or _title(path) or path.split(".")[-2].replace("_", " ")
        rows.append({"title": title, "cells": [cell or _NOTHING for cell in cells]})
    return rows


def _varied(values: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Paths at which not all have the same value."""
    paths = list(dict.fromkeys(path for each in values.values() for path in each if path not in _LEFT_OUT))
    varied = [path for path in paths if len({_key(each.get(path)) for each in values.values()}) > 1]
    if "tower" in varied and "items" in varied:
        varied.remove("items")
    return varied


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _title(path: str) -> str:
    *above, last = path.split(".")
    if last in ("epochs", "steps"):
        return _SPANS.get(above[-1], above[-1].replace("_", " ")) if above else ""
    if last in ("kind", "factor") and above:
        return above[-1].replace("_", " ")
    return _NAMES.get(last, last.replace("_", " "))


_NAMES = {"learning_rate": "rate", "weight_decay": "decay"}
_SPANS = {"duration": "", "evaluate_every": "evaluated every"}


def _value_text(path: str, value: Any, variants: list[str]) -> str | None:
    last = path.rsplit(".", 1)[-1]
    if path == "items":
        # Of two towers of the same blocks a letter says that they are not the same.
        if value not in variants:
            variants.append(value)
        return chr(ord("A") + variants.index(value) % 26)
    if last in ("epochs", "steps"):
        return None if value is None else f"{_short(value)} {last}"
    return _short(value)


def _short(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).replace("_", " ")


def in_short(parts: Sequence[str], most: int = 3) -> str:
    """The first parts, and how many more there are."""
    more = len(parts) - most
    return " · ".join([*parts[:most], *([f"{more} more"] if more > 0 else [])])
