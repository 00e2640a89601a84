"""What the server does for an edit: take it, check it, analyse it, and write the answer."""

import json
import time

from benchmarks.table import Row, percentile
from benchmarks.towers import tower
from builder.pages.editing import analysis_message, begin, take_edit
from builder.spec import Experiment

NUM_EDITS = 40


def edit_milliseconds(experiment: Experiment, num_edits: int = NUM_EDITS) -> list[float]:
    """From the message as text to the answer as text, one value per edit; each bypasses a block or puts it back."""
    editing = begin(experiment)
    document = editing.experiment.model_dump(mode="json")
    blocks = [item for item in document["network"]["items"] if "bypassed" in item]
    taken: list[float] = []
    for rev in range(1, num_edits + 1):
        block = blocks[rev % len(blocks)]
        block["bypassed"] = not block["bypassed"]
        text = json.dumps({"epoch": editing.epoch, "rev": rev, "document": document})
        began = time.perf_counter()
        editing = take_edit(editing, json.loads(text))
        json.dumps({"document": editing.experiment.model_dump(mode="json"), "analysis": analysis_message(editing)})
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def measure() -> list[Row]:
    rows: list[Row] = []
    for num_blocks in (50, 200):
        taken = edit_milliseconds(tower(num_blocks))
        what = f"server's work for an edit of {num_blocks} blocks, p95"
        note = f"{NUM_EDITS} edits, JSON in and out; a part of what “screen” measures"
        rows.append(Row(what, percentile(taken, 0.95), min(taken), max(taken), "ms", note=note))
    return rows
