"""Small documents on real digits, commands by script, and torch's global settings put back after each test."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch

from builder.data.dataset import Dataset, load_dataset
from builder.spec import Experiment, validate_experiment
from builder.spec.data import DataSpec
from builder.spec.presets.numbering import network

sys.path.insert(0, str(Path(__file__).parent))
NUM_TRAIN = 100


@pytest.fixture(autouse=True)
def _torch_is_put_back() -> Iterator[None]:
    num_threads, state = torch.get_num_threads(), torch.get_rng_state()
    torch.set_num_threads(1)
    yield
    torch.set_rng_state(state)
    torch.set_num_threads(num_threads)
    torch.use_deterministic_algorithms(False)


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """A hundred digits to train on, 216 to validate."""
    return load_dataset(DataSpec(num_train=NUM_TRAIN), seed=0, device="cpu")


@pytest.fixture(scope="session")
def digits_of() -> Callable[[Experiment], Dataset]:
    """The data of a document on digits."""
    return lambda experiment: load_dataset(experiment.data, seed=experiment.training.seed, device="cpu")


@pytest.fixture
def make() -> Callable[..., Experiment]:
    """An experiment on `digits` from nested items without ids: flatten and 12 units before them, a head after them."""

    def experiment(
        *items: dict[str, Any],
        groups: list[dict[str, Any]] | None = None,
        init: dict[str, Any] | None = None,
        stem: bool = True,
        **training: Any,
    ) -> Experiment:
        before = [{"kind": "flatten"}, {"kind": "linear", "out_features": 12}] if stem else []
        tower = network([*before, *items, {"kind": "linear", "out_features": "classes"}])
        settings = {"batch_size": 20, "duration": {"steps": 12}, "num_threads": 1, "device": "cpu", **training}
        return validate_experiment(
            {
                "data": {"dataset": "digits", "num_train": NUM_TRAIN},
                "network": {**tower.model_dump(mode="json"), **({"init": init} if init else {})},
                "groups": groups or [{"name": "all", "learning_rate": 0.05}],
                "training": settings,
            }
        )

    return experiment


@dataclass(frozen=True)
class Asked:
    """One command."""

    kind: str
    payload: dict[str, Any]


@dataclass
class Script:
    """Commands as a test pushes them; each is given out once."""

    waiting: list[Asked] = field(default_factory=list)

    def push(self, kind: str, **payload: Any) -> None:
        self.waiting.append(Asked(kind, payload))

    def poll_commands(self) -> list[Asked]:
        given, self.waiting = self.waiting, []
        return given


@pytest.fixture
def script() -> Script:
    return Script()
