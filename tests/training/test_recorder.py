"""What is recorded is what an un-flattened copy of the network says, in float64, step by step."""

import copy
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from builder.data.dataset import Dataset
from builder.spec import Experiment, analyse
from builder.spec.schedule import learning_rate_factor
from builder.training.loop import TrainingRun
from builder.training.probes import NUM_GATE_BINS, PROBE_EVERY
from builder.training.recorder import Recorder
from builder.workspace.rows import Series, is_absent

GATE_SHARES = [f"gate_share_{place}" for place in range(NUM_GATE_BINS)]
CPU = torch.device("cpu")
BODY = [{"kind": "linear", "out_features": 12}, {"kind": "activation", "function": "tanh"}]
GROUPS = [
    {"name": "bodies", "rule": {"lanes": ["body"]}, "learning_rate": 0.02},
    {"name": "norms", "rule": {"parameters": ["norm_scale", "norm_shift"]}, "frozen": True, "learning_rate": 0.3},
    {"name": "rest", "learning_rate": 0.05},
]
HALF = {"survival": {"kind": "constant", "survival_prob": 0.5}}
ITEMS = [
    {"kind": "norm"},
    {"kind": "residual", "body": BODY},
    {"kind": "repeat", "times": 2, "items": [{"kind": "stochastic_depth", "body": BODY, **HALF}]},
    {"kind": "highway", "body": BODY},
    {"kind": "stochastic_depth", "body": BODY, "shortcut": [{"kind": "match"}], **HALF},
]

NOT_COMPARED = ("learning_rate", "alive", "update_ratio", "activation_rms", "gate_mean", *GATE_SHARES)
"""What the test does not compute; of the probes, test_probes.py does."""


def record(experiment: Experiment, data: Dataset, num_steps: int) -> tuple[dict[tuple[str, str], np.ndarray], list]:
    """Columns by (quantity, subject), and what an independent float64 copy says of the same steps."""
    run = TrainingRun(experiment, data, CPU)
    independent = []
    for _ in range(num_steps):
        independent.append(measure_step(run))
        run.take_step()
    rows = run.recorder.flush()
    assert rows.dtype == np.float32
    return {(series.quantity, series.subject + ("" if series.family == "scalar" else " block")): rows[:, series.id]
            for series in run.recorder.series}, independent  # fmt: skip


def measure_step(run: TrainingRun) -> dict[tuple[str, str], float]:
    """What the next step of `run` will see, from a copy in float64 with autograd's own gradients."""
    network = copy.deepcopy(run.network).double()
    step = run.step + 1
    indices = run.order.batch_indices(step)
    network.set_alive(run.masks.at(step))
    for parameter in network.parameters():
        parameter.grad = None
    targets = run.data.train.targets[indices]
    logits = network(run.data.train.inputs[indices].double())
    loss = functional.cross_entropy(logits, targets)
    loss.backward()
    found = {
        ("loss", "train"): loss.item(),
        ("accuracy", "train"): (logits.argmax(1) == targets).double().mean().item(),
    }
    analysis = analyse(run.experiment)
    gradients = {address: parameter.grad for address, parameter in network.parameters_by_address()}
    squares: dict[str, list[tuple[float, int]]] = {}
    for each in analysis.parameters:
        spec = analysis.groups[each.group].spec
        gradient = gradients[each.placed.address]
        if spec.frozen:
            continue
        square = 0.0 if gradient is None else gradient.square().sum().item()
        squares.setdefault(spec.name, []).append((square, math.prod(each.placed.shape)))
        if each.placed.block and gradient is not None:
            squares.setdefault(f"{each.placed.block} block", []).append((square, math.prod(each.placed.shape)))
    for subject, parts in squares.items():
        norm = math.sqrt(sum(square for square, _ in parts))
        found["grad_norm", subject] = norm
        found["grad_rms", subject] = norm / math.sqrt(sum(size for _, size in parts))
    return found


def check(columns: dict[tuple[str, str], np.ndarray], independent: list[dict]) -> None:
    for row, expected in enumerate(independent):
        for (quantity, subject), column in columns.items():
            if quantity in NOT_COMPARED:
                continue
            if (quantity, subject) in expected:
                assert column[row] == pytest.approx(expected[quantity, subject], rel=2e-4), (row, quantity, subject)
            else:
                assert is_absent(column[row : row + 1]).all(), (row, quantity, subject)


def test_rows_are_what_an_independent_copy_computes(make, digits) -> None:
    columns, independent = record(make(*ITEMS, groups=GROUPS), digits, 8)
    dropped = [row for row in independent if ("grad_norm", "i7[0]/i8 block") not in row]
    assert 0 < len(dropped) < 8
    check(columns, independent)


def test_a_dropped_copy_is_absent_but_its_trained_shortcut_is_not(make, digits) -> None:
    columns, _ = record(make(*ITEMS, groups=GROUPS), digits, 10)
    addresses = [subject for quantity, subject in columns if quantity == "alive"]
    for address in addresses[:2]:
        alive = columns["alive", address] == 1
        assert 0 < alive.sum() < 10
        assert (is_absent(columns["grad_norm", address]) == ~alive).all()
    assert not is_absent(columns["grad_norm", addresses[2]]).any()
    assert (columns["grad_norm", addresses[2]] > 0).all()


def test_norms_are_taken_before_clipping(make, digits) -> None:
    columns, independent = record(make(*ITEMS, groups=GROUPS, clip_norm=1e-3), digits, 4)
    assert columns["grad_norm", "rest"].min() > 0.01
    check(columns, independent)


def test_an_incomplete_last_batch_is_measured_over_its_own_samples(make, digits) -> None:
    experiment = make(*ITEMS, groups=GROUPS, batch_size=24, drop_last=False)
    columns, independent = record(experiment, digits, 6)  # the fifth batch has 100 - 4 * 24 = 4 samples
    assert (columns["accuracy", "train"] * 4 == np.round(columns["accuracy", "train"] * 4))[4]
    check(columns, independent)


def test_learning_rates_are_base_times_schedule_for_frozen_groups_too(make, digits) -> None:
    schedule = {"kind": "step", "milestones": [{"steps": 3}], "factor": 0.1}
    experiment = make(*ITEMS, groups=GROUPS, schedule=schedule, warmup={"steps": 2})
    columns, _ = record(experiment, digits, 5)
    factors = [learning_rate_factor(experiment.training, step, 12, 5) for step in range(5)]
    assert factors == pytest.approx([1 / 3, 2 / 3, 1, 0.1, 0.1])
    for group in GROUPS:
        expected = [group["learning_rate"] * factor for factor in factors]
        assert columns["learning_rate", group["name"]] == pytest.approx(expected, rel=1e-6)


def test_series_stand_in_the_documented_order(make, digits) -> None:
    run = TrainingRun(make(*ITEMS, groups=GROUPS), digits, CPU)
    blocks = ["i4", "i8[0]/i9", "i8[1]/i9", "i12", "i15"]
    addresses = [block.address for block in run.network.blocks]
    assert len(addresses) == len(blocks)
    expected = [("loss", "train", "scalar"), ("accuracy", "train", "scalar")]
    expected += [("learning_rate", name, "scalar") for name in ("bodies", "norms", "rest")]
    expected += [(quantity, name, "scalar") for quantity in ("grad_norm", "grad_rms")
                 for name in ("bodies", "norms", "rest")]  # fmt: skip
    expected += [("grad_norm", address, "profile") for address in addresses]
    expected += [("alive", addresses[index], "profile") for index in (1, 2, 4)]
    num_always = len(expected)
    expected += [("update_ratio", name, "scalar") for name in ("bodies", "norms", "rest")]
    expected += [(quantity, address, "profile") for quantity in ("update_ratio", "activation_rms")
                 for address in addresses]  # fmt: skip
    expected += [(quantity, addresses[3], "profile") for quantity in ("gate_mean", *GATE_SHARES)]
    series = run.recorder.series
    assert [each.id for each in series] == list(range(len(series)))
    assert [(each.quantity, each.subject, each.family) for each in series] == expected
    assert [each.every for each in series] == [1] * num_always + [PROBE_EVERY] * (len(series) - num_always)


def column_of(series: tuple[Series, ...], quantity: str, subject: str) -> int:
    return next(each.id for each in series if (each.quantity, each.subject) == (quantity, subject))


def fake_gradients(make, digits, groups: list[dict[str, Any]]) -> tuple[TrainingRun, Recorder]:
    run = TrainingRun(make(*ITEMS, groups=groups), digits, CPU)
    return run, run.recorder


def record_row(run: TrainingRun) -> np.ndarray:
    mask = [True] * len(run.network.stochastic_blocks)
    rates = [0.0] * len(run.mixer.base)
    run.recorder.record(torch.tensor(1.0), torch.zeros(20, 10), torch.zeros(20, dtype=torch.int64), mask, rates)
    return run.recorder.flush()[0]


def test_tiny_gradients_do_not_underflow(make, digits) -> None:
    run, recorder = fake_gradients(make, digits, GROUPS)
    run.layout.gradients.fill_(1e-30)
    row = record_row(run)
    assert row[column_of(recorder.series, "grad_rms", "bodies")] == pytest.approx(1e-30)
    assert row[column_of(recorder.series, "grad_norm", "i4")] == pytest.approx(1e-30 * math.sqrt(12 * 13))


def test_an_infinite_gradient_stays_in_its_own_group_and_block(make, digits) -> None:
    run, recorder = fake_gradients(make, digits, GROUPS)
    run.layout.gradients.fill_(1.0)
    address = next(address for address in run.layout.slices if address.startswith("i4/body"))
    run.layout.gradients[run.layout.slices[address][0]] = math.inf
    row = record_row(run)
    bad = ~np.isfinite(row) & ~is_absent(row)
    infinite = {(each.quantity, each.subject) for each in recorder.series if each.every == 1 and bad[each.id]}
    assert infinite == {("grad_norm", "bodies"), ("grad_rms", "bodies"), ("grad_norm", "i4")}


def test_a_full_ring_can_be_flushed_and_filled_again(make, digits) -> None:
    run, recorder = fake_gradients(make, digits, GROUPS)
    for _ in range(recorder.capacity):
        assert not recorder.is_full
        run.take_step()
    assert recorder.is_full
    first = recorder.flush()
    assert len(first) == recorder.capacity
    run.take_step()
    assert len(recorder.flush()) == 1
