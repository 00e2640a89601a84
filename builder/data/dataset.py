"""A data set as tensors on a device: loaded by name, split, normalised."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from builder.data.download import Progress
from builder.data.normalization import UNCHANGED, Affine, fit_normalization
from builder.data.raw import load_raw
from builder.data.splits import split_indices
from builder.spec.data import DataSpec
from builder.spec.datasets import DATASETS
from builder.workspace.data_files import DataSettings


@dataclass(frozen=True, slots=True)
class Split:
    """One part of a data set.

    Attributes:
        inputs: `[num_samples, *shape]`, float32, contiguous.
        targets: `[num_samples]`, int64, class indices.
    """

    inputs: torch.Tensor
    targets: torch.Tensor

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A data set, ready to train on; all tensors are on one device.

    Attributes:
        train: What the network learns from.
        validation: Part of the same published samples, held back by the seed.
        test: Published apart (of digits and toys: fixed for ever), so that its accuracy compares across seeds.
        shape: One sample's.
        class_names: One per target.
        note: What the user must know about this copy, such as a part of the files only; None if nothing.
        normalization: What training and validation inputs went through.
        largest_value: Of a raw pixel; None where inputs are not pixels.
    """

    train: Split
    validation: Split
    test: Split
    shape: tuple[int, ...]
    class_names: tuple[str, ...]
    note: str | None
    normalization: Affine = UNCHANGED
    largest_value: int | None = None

    @property
    def num_classes(self) -> int:
        """How many different targets there can be."""
        return len(self.class_names)


def load_dataset(
    spec: DataSpec,
    *,
    seed: int,
    device: torch.device | str,
    settings: DataSettings | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Loads the document's data set onto the device, after downloading what is missing.

    Args:
        spec: The document's data part.
        seed: The run's seed; it draws the validation part, the subset and the toys' points, never the test part.
        device: Where the tensors will be.
        settings: Where files come from; None reads the environment.
        progress: Called while downloading with bytes done, bytes in all and the file's name.

    Raises:
        DataUnavailable: If a file cannot be had; nothing broken stays in the cache.
    """
    facts = DATASETS[spec.dataset]
    raw = load_raw(spec, seed, settings or DataSettings.from_environment(), progress)
    parts = split_indices(raw.train_targets, spec.validation_fraction, spec.num_train, seed)
    train_inputs = raw.train_inputs[parts.train]
    affine = fit_normalization(train_inputs, spec.normalization, facts.largest_value)
    test_affine = affine
    if spec.normalization == "per_pixel_as_written":
        test_affine = fit_normalization(raw.test_inputs, spec.normalization, facts.largest_value)
    return Dataset(
        train=_to_device(train_inputs, raw.train_targets[parts.train], affine, device),
        validation=_to_device(raw.train_inputs[parts.validation], raw.train_targets[parts.validation], affine, device),
        test=_to_device(raw.test_inputs, raw.test_targets, test_affine, device),
        shape=facts.shape,
        class_names=facts.class_names,
        note=raw.note and f"{raw.note} {len(parts.train):,} train, {len(parts.validation):,} validate.",
        normalization=affine,
        largest_value=facts.largest_value,
    )


def _to_device(
    inputs: npt.NDArray, targets: npt.NDArray[np.uint8], affine: Affine, device: torch.device | str
) -> Split:
    # Bytes cross to the device, a quarter of what their float32 values would be.
    values = torch.from_numpy(np.ascontiguousarray(inputs)).to(device).to(torch.float32)
    shift = torch.as_tensor(affine.shift, dtype=torch.float32, device=device)
    divisor = torch.as_tensor(affine.divisor, dtype=torch.float32, device=device)
    return Split(values.sub_(shift).div_(divisor), torch.from_numpy(targets).to(device=device, dtype=torch.int64))
