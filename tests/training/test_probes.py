"""What is probed is what numpy says in float64 of the same weights and batch, written from the formulas."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from recorded import TOWER, change, rows

from builder.data.dataset import Dataset
from builder.spec import Experiment, analyse
from builder.training import recorder, run
from builder.training.loop import TrainingRun, train
from builder.training.probes import GATE_EDGES, PROBE_EVERY, count_gates
from builder.workspace.rows import Series, is_absent

CPU = torch.device("cpu")
BODY = [{"kind": "linear", "out_features": 12}, {"kind": "activation", "function": "tanh"}]
HALF = {"survival": {"kind": "constant", "survival_prob": 0.5}}
GROUPS = [
    {"name": "gates", "rule": {"lanes": ["gate"]}, "learning_rate": 0.5},
    {"name": "frozen", "rule": {"depth_from": 5, "depth_to": 5}, "frozen": True, "learning_rate": 0.3},
    {"name": "rest", "learning_rate": 0.05},
]
ITEMS = [
    {"kind": "residual", "body": BODY, "alpha": 0.5},
    {"kind": "repeat", "times": 2, "items": [{"kind": "stochastic_depth", "body": BODY, **HALF}]},
    {"kind": "highway", "body": BODY, "gate_bias_init": -0.5, "gate_init": {"kind": "normal", "std": 0.3}},
    {"kind": "plain", "body": BODY, "activation": "relu"},
]
RESIDUAL, FIRST, SECOND, HIGHWAY, PLAIN = "i3", "i6[0]/i7", "i6[1]/i7", "i10", "i13"
"""Addresses of `ITEMS`."""

State = dict[str, np.ndarray]
Found = dict[tuple[str, str], Any]


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def affine(x: np.ndarray, state: State, address: str) -> np.ndarray:
    return x @ state[f"{address}.weight"].T + state[f"{address}.bias"]


def body(x: np.ndarray, state: State, address: str) -> np.ndarray:
    (weight,) = (key for key in state if key.startswith(f"{address}/body/") and key.endswith(".weight"))
    return np.tanh(affine(x, state, weight.removesuffix(".weight")))


def look(x: np.ndarray, state: State, alive: dict[str, bool]) -> Found:
    """The forward pass of `ITEMS` for a batch `[batch, ...]`: the scale after each block, and the gate."""
    found: Found = {}

    def after(address: str, y: np.ndarray) -> np.ndarray:
        found["activation_rms", address] = math.sqrt(np.mean(y**2))
        return y

    x = affine(x.reshape(len(x), -1), state, "i2")
    x = after(RESIDUAL, 0.5 * body(x, state, RESIDUAL) + x)
    for address in (FIRST, SECOND):
        x = after(address, (body(x, state, address) if alive[address] else 0) + x)
    gate = sigmoid(affine(x, state, f"{HIGHWAY}/gate"))
    found["gate_mean", HIGHWAY] = gate.mean()
    counts, _ = np.histogram(gate, [0, *GATE_EDGES, 1])
    found |= {(f"gate_share_{place}", HIGHWAY): count / gate.size for place, count in enumerate(counts)}
    x = after(HIGHWAY, gate * body(x, state, HIGHWAY) + (1 - gate) * x)
    after(PLAIN, np.maximum(body(x, state, PLAIN), 0))
    return found


def compare(experiment: Experiment, before: State, after: State) -> Found:
    """How far each group and each block copy moved, against how large it was."""
    analysis = analyse(experiment)
    squares: dict[str, np.ndarray] = {}
    for each in analysis.parameters:
        group, address = analysis.groups[each.group].spec, each.placed.address
        if group.frozen:
            continue
        old = before[address]
        moved = np.array([np.sum((after[address] - old) ** 2), np.sum(old**2)])
        for subject in (group.name, each.placed.block):
            if subject:
                squares[subject] = squares.get(subject, 0) + moved
    return {("update_ratio", subject): math.sqrt(moved / old) for subject, (moved, old) in squares.items() if old}


def state_of(trained: TrainingRun) -> State:
    return {key: value.double().numpy().copy() for key, value in trained.network.state_dict().items()}


def probe(experiment: Experiment, data: Dataset, num_probes: int) -> list[tuple[dict, Found, dict[str, bool]]]:
    """For each probed step what was recorded, what numpy says, and which copies lived."""
    trained = TrainingRun(experiment, data, CPU)
    found = []
    for step in range(1, num_probes * PROBE_EVERY + 1):
        inputs = trained.data.train.inputs[trained.order.batch_indices(step)].double().numpy()
        stochastic = [block.address for block in trained.network.stochastic_blocks]
        alive = dict(zip(stochastic, trained.masks.at(step), strict=True))
        before = state_of(trained)
        trained.take_step()
        if step % PROBE_EVERY == 0:
            expected = {**look(inputs, before, alive), **compare(experiment, before, state_of(trained))}
            found.append((expected, alive))
    recorded = trained.recorder.flush()
    series = [each for each in trained.recorder.series if each.every > 1]
    assert {each.every for each in series} == {PROBE_EVERY}
    unprobed = np.delete(recorded, slice(PROBE_EVERY - 1, None, PROBE_EVERY), axis=0)
    assert is_absent(unprobed[:, [each.id for each in series]]).all()
    probed = recorded[PROBE_EVERY - 1 :: PROBE_EVERY]
    return [
        ({(each.quantity, each.subject): row[each.id] for each in series}, *one)
        for row, one in zip(probed, found, strict=True)
    ]


def check(found: list[tuple[dict, Found, dict[str, bool]]], tolerance: float = 2e-4) -> None:
    for recorded, expected, alive in found:
        assert recorded.keys() >= expected.keys()
        for (quantity, subject), value in recorded.items():
            if quantity == "update_ratio" and (quantity, subject) not in expected:
                # Frozen: what does not move has no ratio.
                assert is_absent(np.array([value]))
            elif quantity == "update_ratio" and not alive.get(subject, True):
                assert is_absent(np.array([value])) if not expected[quantity, subject] else value > 0
            else:
                assert value == pytest.approx(expected[quantity, subject], rel=tolerance), (quantity, subject)


def test_probes_are_what_numpy_computes(make, digits) -> None:
    found = probe(make(*ITEMS, groups=GROUPS), digits, 6)
    lived = [alive[FIRST] for _, _, alive in found]
    assert any(lived)
    assert not all(lived)
    assert all(0.01 < recorded["gate_mean", HIGHWAY] < 0.99 for recorded, *_ in found)
    check(found)


def test_an_incomplete_batch_is_measured_over_its_own_samples(make, digits) -> None:
    # A hundred samples in batches of 11: every tenth has one sample.
    check(probe(make(*ITEMS, groups=GROUPS, batch_size=11, drop_last=False), digits, 2))


@pytest.mark.parametrize("optimizer", [{"kind": "sgd", "momentum": 0.9}, {"kind": "adam"}])
def test_a_dropped_body_that_still_moves_has_its_ratio(make, digits, optimizer: dict[str, Any]) -> None:
    found = probe(make(*ITEMS, groups=GROUPS, optimizer=optimizer), digits, 6)
    assert all(recorded["update_ratio", FIRST] > 0 for recorded, *_ in found)
    check(found)


def test_a_dropped_body_whose_weights_rest_is_absent_and_never_zero(make, digits) -> None:
    items = [{"kind": "stochastic_depth", "body": BODY, "dropped_update": "skip", **HALF}]
    trained = TrainingRun(make(*items, optimizer={"kind": "sgd", "momentum": 0.9}), digits, CPU)
    for _ in range(8 * PROBE_EVERY):
        trained.take_step()
    values = trained.recorder.flush()[PROBE_EVERY - 1 :: PROBE_EVERY]
    column = {(each.quantity, each.subject): values[:, each.id] for each in trained.recorder.series}
    dropped = column["alive", "i3"] == 0
    assert 0 < dropped.sum() < 8
    assert (is_absent(column["update_ratio", "i3"]) == dropped).all()
    assert (column["activation_rms", "i3"] > 0).all()


def test_a_ratio_to_weights_that_are_all_zero_does_not_exist(make, digits) -> None:
    trained = TrainingRun(make({"kind": "residual", "body": BODY}, init={"kind": "zeros"}), digits, CPU)
    change(trained, "set_learning_rate", "all", 0.0)
    for _ in range(PROBE_EVERY):
        trained.take_step()
    row = trained.recorder.flush()[-1]
    ratios = [row[each.id] for each in trained.recorder.series if each.quantity == "update_ratio"]
    assert is_absent(np.array(ratios)).all()


def test_weights_that_do_not_move_have_a_true_zero(make, digits) -> None:
    trained = TrainingRun(make({"kind": "residual", "body": BODY}), digits, CPU)
    change(trained, "set_learning_rate", "all", 0.0)
    for _ in range(PROBE_EVERY):
        trained.take_step()
    row = trained.recorder.flush()[-1]
    assert [row[each.id] for each in trained.recorder.series if each.quantity == "update_ratio"] == [0.0, 0.0]


def test_tiny_updates_do_not_underflow(make, digits) -> None:
    trained = TrainingRun(make({"kind": "residual", "body": BODY}), digits, CPU)
    probes = trained.recorder.probes
    with probes.watch_forward(0, []):
        trained.network(digits.train.inputs[:4])
    trained.layout.values.fill_(1e-25)
    with probes.watch_update():
        trained.layout.values.mul_(1.5)
    values = dict(zip((*probes.scalars, *probes.profiles), probes.flush()[1][0], strict=True))
    assert values["update_ratio", "i3"] == pytest.approx(0.5, rel=1e-5)


def test_images_are_probed_and_bf16_is_close(make, digits) -> None:
    conv = {"kind": "conv", "out_channels": 4}
    items = [
        conv,
        {"kind": "highway", "body": [conv], "gate_kernel_size": 3},
        {"kind": "residual", "body": [{"kind": "norm"}, {"kind": "activation"}, conv]},
        {"kind": "global_pool"},
    ]
    full, half = (
        TrainingRun(make(*items, stem=False, precision=precision), digits, CPU) for precision in ("float32", "bf16")
    )
    for _ in range(PROBE_EVERY):
        full.take_step()
        half.take_step()
    columns = [each.id for each in full.recorder.series if each.every > 1]
    one, other = full.recorder.flush()[-1, columns], half.recorder.flush()[-1, columns]
    assert np.isfinite(other).all()
    assert other == pytest.approx(one, rel=0.1, abs=0.02)


@pytest.mark.parametrize("gate", [torch.rand(1000), torch.rand(1000) ** 8, torch.tensor([0.0, 0.05, 0.1, 0.99, 1.0])])
def test_counts_are_the_same_however_a_device_makes_them(gate: torch.Tensor) -> None:
    edges = torch.tensor(GATE_EDGES)
    below = [(gate < edge).sum().item() for edge in edges]
    expected = np.diff([0, *below, len(gate)])
    assert count_gates(gate, edges).tolist() == expected.tolist()

    class Elsewhere(torch.Tensor):
        device = torch.device("cuda")

    assert count_gates(gate.as_subclass(Elsewhere), edges).tolist() == expected.tolist()


def test_a_run_is_the_same_to_the_bit_with_and_without_probes(make, digits, monkeypatch) -> None:
    experiment = make(*TOWER, duration={"steps": 25}, optimizer={"kind": "adam"}, clip_norm=0.5)

    def trained(every: int) -> tuple[np.ndarray, list[Series], dict[str, torch.Tensor]]:
        monkeypatch.setattr(run, "PROBE_EVERY", every)
        monkeypatch.setattr(recorder, "PROBE_EVERY", every)
        made = TrainingRun(experiment, digits, CPU)
        for _ in range(25):
            made.take_step()
        return made.recorder.flush(), list(made.recorder.series), made.network.state_dict()

    often, series, weights = trained(1)
    never, _, others = trained(10**9)
    plain = [each.id for each in series if each.quantity in ("loss", "accuracy", "grad_norm", "alive")]
    assert often[:, plain].tobytes() == never[:, plain].tobytes()
    assert all(torch.equal(weights[key], others[key]) for key in weights)


def test_a_probe_leaves_no_hook_behind(make, digits) -> None:
    events = list(train(make(*TOWER, duration={"steps": PROBE_EVERY}), digits))
    assert len(rows(events)) == PROBE_EVERY
    trained = TrainingRun(make(*TOWER), digits, CPU)
    with pytest.raises(RuntimeError), trained.recorder.probes.watch_forward(0, [True]):
        trained.network(torch.zeros(2, 3))
    assert not any(module._forward_hooks for module in trained.network.modules())
