"""The small bar on each card while a run trains: how large its blocks' gradients are. Knows no Streamlit."""

import math
from typing import Any

import numpy as np

from builder.workspace.rows import RunReader, find_series, is_absent

LOWEST_DECADE = -8.0
"""Root-mean-square gradient per parameter, as a power of ten, that empties the bar; 1 fills it."""


def live_items(reader: RunReader | None) -> dict[str, Any] | None:
    """For each block item: `level` in [0, 1], `levels` of its copies, and a word, at the newest step.

    None without rows. A copy that is dropped or frozen in this step has level 0.
    """
    if reader is None or not (last := reader.last_step()):
        return None
    blocks = {block["address"]: block for block in reader.info().get("blocks", [])}
    wanted = [each for each in find_series(reader.series(), "grad_norm") if each.family == "profile"]
    if not wanted:
        return None
    points = reader.read([each.id for each in wanted], last, last, 4)
    norms = points.mean[-1] if len(points.steps) else np.full(len(wanted), math.nan)
    learning = _learning(reader, last)
    items: dict[str, Any] = {}
    for each, norm in zip(wanted, norms, strict=True):
        block = blocks.get(each.subject)
        if block is None:
            continue
        row = items.setdefault(block["item"], {"levels": [], "num_alive": 0, "num_frozen": 0})
        row["levels"].append(gradient_level(float(norm), block["num_parameters"]))
        row["num_alive"] += math.isfinite(norm)
        row["num_frozen"] += bool(block.get("num_by_group")) and learning.isdisjoint(block["num_by_group"])
    for row in items.values():
        copies, alive, frozen = len(row["levels"]), row.pop("num_alive"), row.pop("num_frozen")
        row["level"] = max(row["levels"])
        if frozen:
            row["text"] = "frozen" if frozen == copies else f"{frozen} of {copies} frozen"
        elif alive < copies:
            row["text"] = "dropped" if copies == 1 else f"{alive} of {copies} alive"
    return items


def _learning(reader: RunReader, step: int) -> set[str]:
    """Names of the groups that had a gradient at a step."""
    groups = [each for each in find_series(reader.series(), "grad_norm") if each.family == "scalar"]
    points = reader.read([each.id for each in groups], step, step, 4) if groups else None
    if points is None or not len(points.steps):
        return {each.subject for each in groups}
    return {each.subject for each, absent in zip(groups, is_absent(points.mean[-1]), strict=True) if not absent}


def gradient_level(norm: float, num_parameters: int) -> float:
    """Where the root-mean-square gradient stands between 10^-8 and 1, on a log scale; 0 if there is none."""
    rms = norm / math.sqrt(num_parameters) if num_parameters else math.nan
    if not math.isfinite(rms) or rms <= 0.0:
        return 0.0
    return round(min(1.0, max(0.0, 1.0 - math.log10(rms) / LOWEST_DECADE)), 3)
