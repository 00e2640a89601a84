"""A network trained by Lightning, as its documentation shows it; it needs requirements-bench.txt."""

import logging
import time
from collections.abc import Callable
from typing import Any

import lightning  # pyright: ignore[reportMissingImports]
from torch import Tensor, nn, optim
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

from builder.data.dataset import Dataset


class Classifier(lightning.LightningModule):
    """A network with its loss and optimizer.

    Args:
        network: From inputs to logits.
        make_optimizer: Gives torch's own optimizer for it.
        warmup_steps: After so many the clock starts.
    """

    def __init__(
        self, network: nn.Module, make_optimizer: Callable[[nn.Module], optim.Optimizer], warmup_steps: int = 0
    ) -> None:
        super().__init__()
        self.network = network
        self.make_optimizer = make_optimizer
        self.warmup_steps = warmup_steps
        self.began = self.ended = 0.0

    def training_step(self, batch: tuple[Tensor, Tensor], batch_idx: int) -> Tensor:
        inputs, targets = batch
        return functional.cross_entropy(self.network(inputs), targets)

    def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
        self.ended = time.perf_counter()
        if self.global_step == self.warmup_steps:
            self.began = self.ended

    def configure_optimizers(self) -> optim.Optimizer:
        return self.make_optimizer(self.network)


def seconds_per_step(
    network: nn.Module,
    make_optimizer: Callable[[nn.Module], optim.Optimizer],
    data: Dataset,
    batch_size: int,
    num_steps: int,
    warmup_steps: int,
) -> float:
    """Seconds of a step: a DataLoader over the tensors, and a trainer without logger, checkpoints, bars and checks."""
    # Whether there is a GPU, and hints about workers.
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    classifier = Classifier(network, make_optimizer, warmup_steps)
    batches = DataLoader(
        TensorDataset(data.train.inputs, data.train.targets), batch_size=batch_size, shuffle=True, drop_last=True
    )
    trainer = lightning.Trainer(accelerator="cpu", max_steps=warmup_steps + num_steps, max_epochs=-1, barebones=True)
    trainer.fit(classifier, batches)
    return (classifier.ended - classifier.began) / num_steps
