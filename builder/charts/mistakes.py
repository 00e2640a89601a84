"""The worst mistakes of an evaluation as pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from builder.charts.chart import Chart
from builder.charts.finding_table import class_names_of, finding_chart
from builder.charts.png import sheet_of
from builder.charts.runs import RecordedRun
from builder.charts.text import to_json_numbers

KIND = "mistakes"


def mistakes_chart(runs: Sequence[RecordedRun]) -> Chart:
    """What the first run gets most wrong on its validation part."""
    return finding_chart(
        runs,
        KIND,
        id=KIND,
        title="Worst mistakes",
        help="Of the validation samples taken for another class at one evaluation those of highest loss, worst first: true "
        "class → predicted class, loss, and how sure the network was. To look at them finds wrong labels and odd samples "
        "(A. Karpathy, “A Recipe for Training Neural Networks”, 2019).",
        appears="Press Train: at the first evaluation, the samples that the network gets most wrong will appear here.",
        without="This run does not look for its mistakes.",
        x="class",
        tiles="wall",
    )


def mistakes_content(run: RecordedRun, arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Tiles by falling loss, each with its picture or its place in the plane."""
    names = class_names_of(run, 1 + int(max(arrays["true"].max(initial=0), arrays["predicted"].max(initial=0))))
    num_wrong, num_samples = int(arrays["num_wrong"]), int(arrays["num_samples"])
    if not num_wrong:
        return {"empty": f"No mistakes: all {num_samples:,} validation samples are given their true class."}
    is_probability = bool(arrays["is_probability"])
    tiles = []
    for place in range(len(arrays["sample"])):
        true, predicted = int(arrays["true"][place]), int(arrays["predicted"][place])
        loss = loss_text(float(arrays["loss"][place]))
        scores = [score_text(float(arrays[name][place]), is_probability) for name in ("score", "true_score")]
        tiles.append(
            {
                "title": f"{names[true]} → {names[predicted]}",
                "text": f"{loss} · {scores[0]}",
                "hover": f"Validation sample {int(arrays['sample'][place]):,}: {names[true]}, taken for {names[predicted]} "
                f"({scores[0]}; for its true class {scores[1]}), loss {loss}",
                "true": true,
                "predicted": predicted,
            }
        )
    summary = f"{num_wrong:,} of {num_samples:,} wrong"
    # Beyond the first ones are the worst of single classes, which are not the worst of all.
    wall = {
        "tiles": tiles,
        "classes": names,
        "num_first": int(arrays["num_worst"]),
        "summary": summary,
        **tiles_look(arrays),
    }
    return {"wall": wall}


def tiles_look(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """How tiles look, in their order: a sheet of pictures, or points in a square around 0."""
    if "pictures" in arrays and len(arrays["pictures"]):
        return {"sheet": sheet_of(arrays["pictures"]).to_json()}
    if "points" in arrays and len(arrays["points"]):
        points = arrays["points"].astype(np.float64)
        return {
            "points": [to_json_numbers(point, 3) for point in points.tolist()],
            "reach": max(1.0, round(float(np.abs(points).max()), 2)),
        }
    return {}


def loss_text(loss: float) -> str:
    """Three digits, or that it is no number."""
    return f"{loss:.3g}" if np.isfinite(loss) else "not finite"


def score_text(score: float, is_probability: bool) -> str:
    """A probability in percent; the output of a net that is trained by squared error as it is."""
    if not np.isfinite(score):
        return "not finite"
    return f"{score:.1%}" if is_probability else f"output {score:.2g}"
