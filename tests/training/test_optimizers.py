"""Each optimizer's update against the formula in numpy, for two groups, live changes, frozen and dropped parameters."""

from typing import Any

import numpy as np
import pytest
import torch
from recorded import change

from builder.data.dataset import Dataset
from builder.spec import Experiment
from builder.training.checkpoints import optimizer_state
from builder.training.loop import TrainingRun

CPU = torch.device("cpu")
BODY = [{"kind": "linear", "out_features": 12}, {"kind": "activation", "function": "tanh"}]
GROUPS = [
    {"name": "bodies", "rule": {"lanes": ["body"]}, "learning_rate": 0.02, "weight_decay": 0.1},
    {"name": "still", "rule": {"items": ["i2"]}, "learning_rate": 0.5, "frozen": True, "weight_decay": 0.1},
    {"name": "rest", "learning_rate": 0.005, "weight_decay": 0.01},
]
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "sgd": {"kind": "sgd", "momentum": 0.0},
    "momentum": {"kind": "sgd", "momentum": 0.8},
    "nesterov": {"kind": "sgd", "momentum": 0.8, "nesterov": True},
    "adam": {"kind": "adam", "beta1": 0.8, "beta2": 0.9, "eps": 1e-6},
    "adamw": {"kind": "adamw", "beta1": 0.8, "beta2": 0.9, "eps": 1e-6},
    "rmsprop": {"kind": "rmsprop", "alpha": 0.9, "eps": 1e-6},
    "rmsprop momentum": {"kind": "rmsprop", "alpha": 0.9, "eps": 1e-6, "momentum": 0.5},
}


class NumpyOptimizer:
    """One parameter's updates, from the papers' formulas, in float64."""

    def __init__(self, spec: dict[str, Any], value: np.ndarray) -> None:
        self.spec, self.value = spec, value
        self.velocity, self.mean, self.square = (np.zeros_like(value) for _ in range(3))
        self.count = 0

    def update(self, gradient: np.ndarray, rate: float, decay: float) -> None:
        spec = self.spec
        if spec["kind"] == "adamw":
            self.value = self.value - rate * decay * self.value
        else:
            gradient = gradient + decay * self.value
        match spec["kind"]:
            case "sgd":
                self.velocity = spec["momentum"] * self.velocity + gradient
                move = gradient + spec["momentum"] * self.velocity if spec.get("nesterov") else self.velocity
            case "rmsprop":
                self.square = spec["alpha"] * self.square + (1 - spec["alpha"]) * gradient**2
                scaled = gradient / (np.sqrt(self.square) + spec["eps"])
                self.velocity = spec.get("momentum", 0.0) * self.velocity + scaled
                move = self.velocity
            case _:
                self.count += 1
                self.mean = spec["beta1"] * self.mean + (1 - spec["beta1"]) * gradient
                self.square = spec["beta2"] * self.square + (1 - spec["beta2"]) * gradient**2
                mean = self.mean / (1 - spec["beta1"] ** self.count)
                square = self.square / (1 - spec["beta2"] ** self.count)
                move = mean / (np.sqrt(square) + spec["eps"])
        self.value = self.value - rate * move


def values_of(run: TrainingRun) -> dict[str, np.ndarray]:
    return {key: value.detach().double().numpy().copy() for key, value in run.network.parameters_by_address()}


def follow(experiment: Experiment, data: Dataset, num_steps: int, changes: dict[int, tuple[str, str, Any]]) -> None:
    """Takes steps and compares each with the formula, fed with the run's own gradients and parameters."""
    run = TrainingRun(experiment, data, CPU)
    groups = {each.placed.address: run.analysis.groups[each.group].spec for each in run.analysis.parameters}
    rates = {group.name: group.learning_rate for group in experiment.groups}
    decays = {group.name: group.weight_decay for group in experiment.groups}
    frozen = {group.name for group in experiment.groups if group.frozen}
    spec = experiment.training.optimizer.model_dump()
    numpy = {address: NumpyOptimizer(spec, value) for address, value in values_of(run).items()}
    for step in range(1, num_steps + 1):
        if step in changes:
            kind, name, value = changes[step]
            change(run, kind, name, value)
            if kind == "set_frozen":
                (frozen.add if value else frozen.remove)(name)
            else:
                {"set_learning_rate": rates, "set_weight_decay": decays}[kind][name] = value
        run.take_step()
        for address, parameter in run.network.parameters_by_address():
            if groups[address].name in frozen:
                continue
            assert parameter.grad is not None
            gradient = parameter.grad.double().numpy()
            name = groups[address].name
            numpy[address].update(gradient, rates[name], decays[name])
        for address, value in values_of(run).items():
            np.testing.assert_allclose(value, numpy[address].value, rtol=2e-4, atol=2e-6, err_msg=f"{address} {step}")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_update_is_the_formula_with_each_groups_own_rate_and_decay(make, digits, name: str) -> None:
    follow(make({"kind": "residual", "body": BODY}, groups=GROUPS, optimizer=OPTIMIZERS[name]), digits, 5, {})


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_update_after_a_live_change_is_the_formula_with_the_new_rate(make, digits, name: str) -> None:
    experiment = make({"kind": "residual", "body": BODY}, groups=GROUPS, optimizer=OPTIMIZERS[name])
    follow(experiment, digits, 5, {3: ("set_learning_rate", "bodies", 0.2), 4: ("set_learning_rate", "rest", 0.0)})


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_update_after_a_live_change_of_weight_decay_is_the_formula_with_the_new_one(make, digits, name: str) -> None:
    experiment = make({"kind": "residual", "body": BODY}, groups=GROUPS, optimizer=OPTIMIZERS[name])
    follow(experiment, digits, 5, {3: ("set_weight_decay", "bodies", 0.3), 4: ("set_weight_decay", "rest", 0.0)})


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_group_frozen_live_rests_and_goes_on_from_its_state_when_it_thaws(make, digits, name: str) -> None:
    experiment = make({"kind": "residual", "body": BODY}, groups=GROUPS, optimizer=OPTIMIZERS[name])
    changes = {3: ("set_frozen", "bodies", True), 4: ("set_frozen", "still", False), 6: ("set_frozen", "bodies", False)}
    follow(experiment, digits, 8, changes)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_is_frozen_live_stays_to_the_bit_with_its_optimizer_s_state(make, digits, name: str) -> None:
    run = TrainingRun(make({"kind": "residual", "body": BODY}, groups=GROUPS, optimizer=OPTIMIZERS[name]), digits, CPU)
    for _ in range(3):
        run.take_step()
    change(run, "set_frozen", "bodies", True)
    before, states = values_of(run), optimizer_state(run.layout, run.mixer)
    for _ in range(3):
        run.take_step()
    after, later = values_of(run), optimizer_state(run.layout, run.mixer)
    still = {address for address in before if np.array_equal(before[address], after[address])}
    assert still == {address for address in before if "/body/" in address or address.startswith("i2.")}
    resting = {key for key in states if "/body/" in key}
    assert all(torch.equal(states[key], later[key]) for key in resting)


def test_solo_moves_one_group_alone_and_its_end_lets_the_others_learn_again(make, digits) -> None:
    run = TrainingRun(make({"kind": "residual", "body": BODY}, groups=GROUPS), digits, CPU)

    def moved() -> set[str]:
        before = values_of(run)
        run.take_step()
        after = values_of(run)
        return {address for address in before if not np.array_equal(before[address], after[address])}

    bodies = {address for address in values_of(run) if "/body/" in address}
    change(run, "set_solo", "bodies", True)
    assert moved() == bodies
    change(run, "set_solo", "bodies", False)
    assert moved() > bodies


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_live_change_leaves_the_other_groups_update_bit_equal(make, digits, name: str) -> None:
    experiment = make({"kind": "residual", "body": BODY}, groups=GROUPS, optimizer=OPTIMIZERS[name])
    changed, untouched = (TrainingRun(experiment, digits, CPU) for _ in range(2))
    for run in (changed, untouched):
        run.take_step()
        run.take_step()
    change(changed, "set_learning_rate", "bodies", 0.4)
    for run in (changed, untouched):
        run.take_step()
    one, other = values_of(changed), values_of(untouched)
    moved = {address for address in one if not np.array_equal(one[address], other[address])}
    assert moved == {address for address in one if "/body/" in address}


def test_a_frozen_group_does_not_move_despite_rate_and_decay(make, digits) -> None:
    run = TrainingRun(make({"kind": "residual", "body": BODY}, groups=GROUPS), digits, CPU)
    before = values_of(run)
    for _ in range(3):
        run.take_step()
    after = values_of(run)
    still = {address for address in before if np.array_equal(before[address], after[address])}
    assert still == {"i2.weight", "i2.bias"}


def test_the_optimizer_gets_exactly_the_groups_of_the_document(make, digits) -> None:
    groups = [*GROUPS[:2], {"name": "nobody", "rule": {"lanes": ["gate"]}}, GROUPS[2]]
    run = TrainingRun(make({"kind": "residual", "body": BODY}, groups=groups), digits, CPU)
    sizes = {group.name: sum(each.numel() for each in group.parameters) for group in run.mixer.optimizer.groups}
    assert sizes == {"bodies": 12 * 13, "still": 12 * 65, "rest": 12 * 10 + 10}


SURVIVAL = {"kind": "constant", "survival_prob": 0.5}


def stochastic(make, update: str, optimizer: dict[str, Any], times: int = 3, **block: Any) -> Experiment:
    item = {"kind": "stochastic_depth", "body": BODY, "survival": SURVIVAL, "dropped_update": update, **block}
    return make({"kind": "repeat", "times": times, "items": [item]}, groups=[GROUPS[0], GROUPS[2]], optimizer=optimizer)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_paper_moves_a_dropped_body_by_momentum_and_decay_as_the_formula(make, digits, name: str) -> None:
    follow(stochastic(make, "paper", OPTIMIZERS[name]), digits, 8, {})


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_skip_leaves_a_dropped_body_alone_and_moves_the_others(make, digits, name: str) -> None:
    run = TrainingRun(stochastic(make, "skip", OPTIMIZERS[name]), digits, CPU)
    seen = set()
    for step in range(1, 11):
        before = values_of(run)
        run.take_step()
        after = values_of(run)
        mask = run.masks.at(step)
        for block, alive in zip(run.network.stochastic_blocks, mask, strict=True):
            body = [address for address in before if address.startswith(f"{block.address}/body")]
            assert len(body) == 2
            for address in body:
                assert np.array_equal(before[address], after[address]) != alive, (step, address)
        seen.update(mask)
    assert seen == {True, False}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_skip_updates_a_living_body_as_if_dropped_steps_had_not_been(make, digits, name: str) -> None:
    run = TrainingRun(stochastic(make, "skip", OPTIMIZERS[name]), digits, CPU)
    spec = run.training.optimizer.model_dump()
    numpy = {address: NumpyOptimizer(spec, value) for address, value in values_of(run).items()}
    for step in range(1, 9):
        run.take_step()
        alive = dict(zip((block.address for block in run.network.stochastic_blocks), run.masks.at(step), strict=True))
        for address, parameter in run.network.parameters_by_address():
            in_body = "/body/" in address
            if not in_body or alive[address.partition("/body/")[0]]:
                assert parameter.grad is not None
                group = GROUPS[0 if in_body else 2]
                numpy[address].update(parameter.grad.double().numpy(), group["learning_rate"], group["weight_decay"])
        for address, value in values_of(run).items():
            np.testing.assert_allclose(value, numpy[address].value, rtol=2e-4, atol=2e-6, err_msg=f"{address} {step}")


def test_skip_still_trains_the_shortcut_of_a_dropped_copy(make, digits) -> None:
    experiment = stochastic(make, "skip", OPTIMIZERS["sgd"], times=1, shortcut=[{"kind": "match"}])
    run = TrainingRun(experiment, digits, CPU)
    while run.masks.at(run.step + 1)[0]:
        run.take_step()
    before = values_of(run)
    run.take_step()
    after = values_of(run)
    still = {address.rpartition("/")[0] for address in before if np.array_equal(before[address], after[address])}
    assert {address.partition("]/")[2] for address in still} == {"i4/body"}


def test_clipping_scales_all_gradients_to_the_norm(make, digits) -> None:
    experiment = make({"kind": "residual", "body": BODY}, groups=GROUPS, optimizer=OPTIMIZERS["sgd"], clip_norm=0.01)
    clipped = TrainingRun(experiment, digits, CPU)
    free = TrainingRun(make({"kind": "residual", "body": BODY}, groups=GROUPS), digits, CPU)
    clipped.take_step()
    free.take_step()
    norm = free.layout.gradients.double().norm()
    assert clipped.layout.gradients.double().norm().item() == pytest.approx(0.01, rel=1e-3)
    torch.testing.assert_close(clipped.layout.gradients, (free.layout.gradients * (0.01 / norm)).float())


def test_clipping_leaves_a_smaller_gradient_alone(make, digits) -> None:
    wide, free = (
        TrainingRun(make({"kind": "residual", "body": BODY}, clip_norm=clip_norm), digits, CPU)
        for clip_norm in (1e6, None)
    )
    wide.take_step()
    free.take_step()
    assert torch.equal(wide.layout.gradients, free.layout.gradients)


@pytest.mark.parametrize("size", [1e-25, 1e25])
def test_clipping_neither_underflows_nor_overflows(make, digits, size: float) -> None:
    run = TrainingRun(make({"kind": "residual", "body": BODY}, clip_norm=1.0), digits, CPU)
    run.take_step()
    run.layout.gradients.fill_(size)
    mask = [True] * len(run.network.stochastic_blocks)
    run.recorder.record(torch.tensor(1.0), torch.zeros(20, 10), torch.zeros(20, dtype=torch.int64), mask, [0.05])
    run.clip(1.0)
    norm = run.layout.gradients.double().norm().item()
    expected = min(1.0, size * len(run.layout.gradients) ** 0.5)
    assert norm == pytest.approx(expected, rel=1e-4)
