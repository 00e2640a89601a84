"""Batches: which samples a step sees, as a function of (seed, epoch), and their gathering on the device."""

import torch

from builder.data.dataset import Split
from builder.spec.chance import derive_seed


class BatchOrder:
    """The batches of every step, with a new permutation each epoch; any step can be asked for at any time.

    Steps count from 1. The permutation is drawn on the host, so that a run sees the same batches on every device, and
    is moved once an epoch.

    Attributes:
        steps_per_epoch: How many batches an epoch has.
    """

    def __init__(
        self, num_samples: int, batch_size: int, *, drop_last: bool, seed: int, device: torch.device | str
    ) -> None:
        """Lays out the batches.

        Args:
            num_samples: Size of the training part.
            batch_size: Samples a step; the last batch of an epoch may have fewer.
            drop_last: Leaves out an epoch's last batch if it has fewer.
            seed: The run's seed.
            device: Where the indices will be.

        Raises:
            ValueError: If not even one batch comes out.
        """
        self.steps_per_epoch = num_samples // batch_size if drop_last else -(-num_samples // batch_size)
        if self.steps_per_epoch < 1:
            raise ValueError(
                f"A batch of {batch_size} cannot be filled from {num_samples} training samples while incomplete batches "
                f"are dropped. Lower the batch size to at most {num_samples}, or keep the last batch."
            )
        self._num_samples = num_samples
        self._batch_size = batch_size
        self._seed = seed
        self._device = device
        self._epoch = -1
        self._batches: tuple[torch.Tensor, ...] = ()

    def batch_indices(self, step: int) -> torch.Tensor:
        """The samples of a step, `[batch_size]` int64 on the device (a view: do not change it)."""
        if step < 1:
            raise ValueError(f"Steps count from 1; there is no step {step}.")
        epoch, batch = divmod(step - 1, self.steps_per_epoch)
        if epoch != self._epoch:
            self._batches = self._draw(epoch)
            self._epoch = epoch
        return self._batches[batch]

    def _draw(self, epoch: int) -> tuple[torch.Tensor, ...]:
        generator = torch.Generator().manual_seed(derive_seed(self._seed, "batches", epoch))
        permutation = torch.randperm(self._num_samples, generator=generator)
        # Cut once an epoch rather than sliced at each step.
        return permutation.to(self._device).split(self._batch_size)


def gather_batch(split: Split, indices: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs `[batch, *shape]` and targets `[batch]` of these samples, copied on their device."""
    return split.inputs.index_select(0, indices), split.targets.index_select(0, indices)
