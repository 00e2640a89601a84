"""The words on the cards: what is dropped, and what is frozen."""

from contextlib import closing

import numpy as np

from builder.pages.live_cards import live_items
from builder.workspace.rows import ABSENT, RunReader, RunWriter, Series

SERIES = [
    Series(id=0, quantity="grad_norm", subject="bodies", family="scalar"),
    Series(id=1, quantity="grad_norm", subject="rest", family="scalar"),
    Series(id=2, quantity="grad_norm", subject="i4[1]/i5", family="profile"),
    Series(id=3, quantity="grad_norm", subject="i4[2]/i5", family="profile"),
]


def block(address: str, *groups: str) -> dict:
    return {"address": address, "item": "i5", "num_parameters": 64, "num_by_group": dict.fromkeys(groups, 64)}


def items(folder, blocks: list[dict], row: list[float]) -> dict:
    with closing(RunWriter(folder)) as writer:
        writer.start({"blocks": blocks}, SERIES)
        writer.append_steps(1, np.array([row], dtype=np.float32), 0.1)
    with closing(RunReader(folder)) as reader:
        found = live_items(reader)
    assert found is not None
    return found["i5"]


def test_copies_all_of_whose_groups_are_frozen_are_called_so(tmp_path) -> None:
    blocks = [block("i4[1]/i5", "bodies"), block("i4[2]/i5", "bodies", "rest")]
    assert items(tmp_path, blocks, [ABSENT, 1.0, ABSENT, 0.5])["text"] == "1 of 2 frozen"


def test_a_block_that_is_frozen_is_not_called_dropped(tmp_path) -> None:
    blocks = [block("i4[1]/i5", "bodies"), block("i4[2]/i5", "bodies")]
    found = items(tmp_path, blocks, [ABSENT, 1.0, ABSENT, ABSENT])
    assert (found["text"], found["level"]) == ("frozen", 0.0)


def test_a_copy_that_is_dropped_while_its_group_learns_is_not_called_frozen(tmp_path) -> None:
    blocks = [block("i4[1]/i5", "bodies"), block("i4[2]/i5", "bodies")]
    assert items(tmp_path, blocks, [1.0, 1.0, ABSENT, 0.5])["text"] == "1 of 2 alive"
