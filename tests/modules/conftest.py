"""Documents by hand, and torch's global settings put back after each test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from builder.spec import Experiment
from builder.spec.data import DataSpec
from builder.spec.presets.numbering import network
from builder.spec.training import TrainingSpec

Make = Callable[..., Experiment]


@pytest.fixture(autouse=True)
def _torch_is_put_back() -> Iterator[None]:
    num_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    state = torch.get_rng_state()
    yield
    torch.set_rng_state(state)
    torch.set_num_threads(num_threads)


@pytest.fixture
def make() -> Make:
    """An experiment from nested items without ids; a head is appended unless told otherwise."""

    def experiment(*items: dict[str, Any], dataset: str = "digits", head: bool = True, seed: int = 0, **fields: Any):
        chain = [*items, {"kind": "linear", "out_features": "classes"}] if head else list(items)
        return Experiment(
            data=DataSpec.model_validate({"dataset": dataset}),
            network=network(chain, **fields),
            training=TrainingSpec(seed=seed),
        )

    return experiment
