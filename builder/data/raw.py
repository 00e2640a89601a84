"""A data set as it is published: bytes for images, float32 points for toys, on the host."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from builder.data.cifar import parse_cifar_batch
from builder.data.download import Progress, read_files
from builder.data.idx import parse_idx
from builder.data.toys import draw_toy
from builder.spec.chance import derive_seed
from builder.spec.data import DataSpec
from builder.spec.datasets import DATASETS, DatasetFacts
from builder.workspace.data_files import DataSettings

_DIGITS_FILE = Path(__file__).parent / "digits.npz"
_SEED_OF_EVERY_TEST = 0


@dataclass(frozen=True, slots=True)
class RawData:
    """Inputs `[num_samples, *shape]` and targets `[num_samples]` as published; the training samples are not yet split."""

    train_inputs: npt.NDArray
    train_targets: npt.NDArray[np.uint8]
    test_inputs: npt.NDArray
    test_targets: npt.NDArray[np.uint8]
    note: str | None = None


def load_raw(spec: DataSpec, seed: int, settings: DataSettings, progress: Progress | None = None) -> RawData:
    """Reads, downloads or draws the document's data set.

    Raises:
        DataUnavailable: If a file cannot be had.
    """
    facts = DATASETS[spec.dataset]
    if facts.name == "digits":
        return _read_digits()
    if facts.embedded:
        return _draw(facts, spec, seed)
    files = read_files(facts, settings, progress)
    if facts.archive is not None:
        return _read_batches(facts, files.contents, files.note)
    contents = {file.role: files.contents[file.name] for file in facts.files}
    return RawData(
        parse_idx(contents["train_inputs"], 3)[:, None],  # [N, 1, H, W]
        parse_idx(contents["train_targets"], 1),
        parse_idx(contents["test_inputs"], 3)[:, None],
        parse_idx(contents["test_targets"], 1),
    )


def _read_digits() -> RawData:
    with np.load(_DIGITS_FILE, allow_pickle=False) as file:
        images, targets, test_indices = file["images"][:, None], file["targets"], file["test_indices"]
    in_training = np.ones(len(targets), bool)
    in_training[test_indices] = False
    return RawData(images[in_training], targets[in_training], images[~in_training], targets[~in_training])


def _draw(facts: DatasetFacts, spec: DataSpec, seed: int) -> RawData:
    """Training points come from the run's seed, test points never do: their accuracy compares across seeds."""
    train = draw_toy(facts.name, spec.num_samples, spec.noise, np.random.default_rng(derive_seed(seed, "toy")))
    test_random = np.random.default_rng(derive_seed(_SEED_OF_EVERY_TEST, "toy test"))
    test = draw_toy(facts.name, facts.num_test, spec.noise, test_random)
    return RawData(*train, *test)


def _read_batches(facts: DatasetFacts, contents: dict[str, bytes], note: str | None) -> RawData:
    arrays = []
    for role in ("train", "test"):
        names = [file.name for file in facts.files if file.role == role and file.name in contents]
        # Each file's bytes are let go once parsed, so that the whole set is not held twice.
        images, targets = zip(*(parse_cifar_batch(contents.pop(name)) for name in names), strict=True)
        arrays += [np.concatenate(images), np.concatenate(targets)]
    return RawData(*arrays, note=note)
