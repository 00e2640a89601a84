"""Presets' networks in float64, real images for them, and what is beside these tests made importable."""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch

from builder.data.dataset import load_dataset
from builder.modules import NetworkModule, compile_network
from builder.spec import Experiment
from builder.workspace.data_files import DataSettings

sys.path.insert(0, str(Path(__file__).parent))

Batch = tuple[torch.Tensor, torch.Tensor]


@pytest.fixture(autouse=True)
def _torch_is_put_back() -> Iterator[None]:
    num_threads, state = torch.get_num_threads(), torch.get_rng_state()
    torch.set_num_threads(1)
    yield
    torch.set_rng_state(state)
    torch.set_num_threads(num_threads)


@pytest.fixture
def batch_of(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Experiment, int], Batch]:
    """Real images of a preset, split and normalised as it says; random ones where the published files are not."""

    def take(experiment: Experiment, size: int) -> Batch:
        folder = None
        with suppress(pytest.skip.Exception):
            folder = request.getfixturevalue("real_data_folder")
        if folder is None:
            random = np.random.default_rng(0)
            return torch.from_numpy(random.standard_normal((size, 3, 32, 32))), torch.arange(size) % 10
        few = experiment.data.model_copy(update={"num_train": 256})
        settings = DataSettings(folder=folder, cache=tmp_path)
        data = load_dataset(few, seed=experiment.training.seed, device="cpu", settings=settings)
        return data.train.inputs[:size].double(), data.train.targets[:size]

    return take


@pytest.fixture
def moved() -> Callable[[Experiment], NetworkModule]:
    """A preset's network in float64, every parameter and running statistic a little off its initial value."""

    def build(experiment: Experiment) -> NetworkModule:
        compiled = compile_network(experiment).double()
        generator = torch.Generator().manual_seed(7)
        with torch.no_grad():
            for key, value in compiled.state_dict().items():
                if value.is_floating_point():
                    value.add_(0.1 * torch.randn(value.shape, generator=generator, dtype=torch.float64))
                if key.endswith("running_var"):
                    value.abs_().add_(0.5)
        return compiled

    return build
