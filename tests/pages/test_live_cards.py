"""What the cards show is what the rows say of each copy, recomputed here."""

import json
import math

import numpy as np
import pytest

from builder.pages.live_cards import LiveCards
from builder.workspace.rows import ABSENT, RunReader, RunWriter, Series

KIB = 1024
BLOCKS = [
    {"address": "i2", "item": "i2", "kind": "highway", "depth": 1, "num_parameters": 100, "num_trained": 25},
    *(
        {"address": f"i3[{copy}]/i4", "item": "i4", "kind": "stochastic_depth", "depth": 1 + copy, "num_parameters": 16,
         "num_trained": 16}
        for copy in (1, 2, 3)
    ),
    {"address": "i5", "item": "i5", "kind": "residual", "depth": 5, "num_parameters": 9, "num_trained": 0},
]  # fmt: skip


def series_of(blocks, probed_every, groups):
    wanted = [("loss", "train", 1), *(("grad_norm", name, 1) for name in groups)]
    wanted += [("grad_norm", block["address"], 1) for block in blocks if block["num_trained"]]
    wanted += [("alive", block["address"], 1) for block in blocks if block["kind"] == "stochastic_depth"]
    if probed_every:
        wanted += [("update_ratio", block["address"], probed_every) for block in blocks if block["num_trained"]]
        wanted += [("gate_mean", block["address"], probed_every) for block in blocks if block["kind"] == "highway"]
    return [
        Series(id=place, quantity=quantity, subject=subject, every=every,
               family="scalar" if subject in ("train", *groups) else "profile")
        for place, (quantity, subject, every) in enumerate(wanted)
    ]  # fmt: skip


@pytest.fixture
def record(tmp_path):
    """Writes rows of a run; gives its series, its values and a reader."""
    opened = []

    def record_(num_steps, blocks=BLOCKS, probed_every=10, groups=("all",), change=None):
        writer = RunWriter(tmp_path)
        series = series_of(blocks, probed_every, groups)
        writer.start({"blocks": blocks}, series)
        values = np.random.default_rng(0).random((num_steps, len(series)), dtype=np.float32) + np.float32(0.01)
        columns = {(each.quantity, each.subject): each.id for each in series}
        if change:
            change(values, columns)
        writer.append_steps(1, values, 0.1)
        reader = RunReader(tmp_path)
        opened.extend([reader, writer])
        return values, columns, reader

    yield record_
    for each in opened:
        each.close()


def test_each_copy_has_its_gradient_per_trained_parameter_and_whether_it_lives(record):
    def drop(values, columns):
        values[:, [columns["alive", block["address"]] for block in BLOCKS[1:4]]] = 1
        values[-1, columns["alive", "i3[2]/i4"]] = 0
        values[-1, columns["grad_norm", "i3[2]/i4"]] = ABSENT

    values, columns, reader = record(33, change=drop)
    cards = LiveCards(reader).read()
    assert (cards["step"], cards["probed_at"]) == (33, 30)
    assert cards["items"]["i2"]["gradient"] == [pytest.approx(values[-1, columns["grad_norm", "i2"]] / 5, rel=6e-3)]
    copies = cards["items"]["i4"]
    assert copies["alive"] == [1, 0, 1]
    assert copies["gradient"][1] is None
    for copy in (0, 2):
        norm = values[-1, columns["grad_norm", f"i3[{copy + 1}]/i4"]]
        assert copies["gradient"][copy] == pytest.approx(norm / math.sqrt(16), rel=6e-3)


def test_updates_and_gates_are_those_of_the_newest_probe(record):
    values, columns, reader = record(33)
    items = LiveCards(reader).read()["items"]
    assert items["i2"]["update"] == [pytest.approx(values[29, columns["update_ratio", "i2"]], rel=6e-3)]
    assert items["i2"]["gate"] == [pytest.approx(values[29, columns["gate_mean", "i2"]], rel=6e-3)]
    assert "gate" not in items["i4"]


def test_before_the_first_probe_only_what_is_of_every_step_is_told(record):
    _, _, reader = record(9)
    items = LiveCards(reader).read()["items"]
    assert set(items["i2"]) == {"gradient"}
    assert set(items["i4"]) == {"gradient", "alive"}
    assert items["i5"] == {"frozen": [1]}


def test_a_run_of_an_earlier_version_tells_its_gradients(record):
    _, _, reader = record(20, probed_every=None)
    cards = LiveCards(reader).read()
    assert cards["probed_at"] == 0
    assert set(cards["items"]["i2"]) == {"gradient"}


def test_what_is_no_number_is_told_as_strict_json(record):
    def break_(values, columns):
        values[-1, columns["grad_norm", "i2"]] = np.inf
        values[-1, columns["grad_norm", "i3[1]/i4"]] = np.nan

    _, _, reader = record(10, change=break_)
    items = json.loads(json.dumps(LiveCards(reader).read(), allow_nan=False))["items"]
    assert items["i2"]["gradient"] == ["NaN"]
    assert items["i4"]["gradient"][0] == "NaN"


def test_a_tower_without_blocks_has_nothing_to_tell(record):
    _, _, reader = record(10, blocks=[])
    assert LiveCards(reader).read() is None


@pytest.mark.parametrize("is_repeated", [True, False])
def test_a_hundred_blocks_are_told_in_a_few_kib(record, is_repeated):
    blocks = [
        {"address": f"i{copy}", "item": "i1" if is_repeated else f"i{copy}", "kind": kind, "depth": copy,
         "num_parameters": 64, "num_trained": 64}
        for copy, kind in enumerate(["highway", "stochastic_depth"] * 50, 1)
    ]  # fmt: skip
    _, _, reader = record(20, blocks=blocks)
    size = len(json.dumps(LiveCards(reader).read(), separators=(",", ":")))
    print(f"{size / KIB:.1f} KiB")
    assert size < (3 if is_repeated else 7) * KIB


def words_of(record, num_learning, *rows):
    """What is told of two copies of `i4`, of groups `all` and `rest`, of which the first may be frozen."""
    blocks = [
        {"address": f"i3[{copy}]/i4", "item": "i4", "kind": "plain", "depth": copy, "num_parameters": 16, "num_trained": 16,
         "num_by_group": {"all": 16} if copy == 1 else {"all": 7, "rest": 9}}
        for copy in (1, 2)
    ]  # fmt: skip

    def freeze(values, columns):
        if num_learning == 1:
            values[:, columns["grad_norm", "all"]] = ABSENT
        for copy, value in enumerate(rows, 1):
            values[:, columns["grad_norm", f"i3[{copy}]/i4"]] = value

    _, _, reader = record(3, blocks=blocks, groups=("all", "rest"), change=freeze)
    return LiveCards(reader).read()["items"]["i4"]


def test_a_copy_all_of_whose_groups_are_frozen_is_told_so_and_a_part_counts_for_itself(record):
    found = words_of(record, 1, ABSENT, 6.0)
    assert found["frozen"] == [1, 0]
    assert found["gradient"] == [None, 2.0]


def test_a_copy_that_has_no_gradient_while_its_group_learns_is_not_frozen(record):
    found = words_of(record, 2, ABSENT, 6.0)
    assert "frozen" not in found
    assert found["gradient"] == [None, 1.5]
