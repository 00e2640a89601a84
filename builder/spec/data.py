"""The document's data: which set, how it is split, normalised and augmented."""

from typing import Literal

from builder.spec.base import Document, field
from builder.spec.datasets import DATASETS, DatasetFacts, DatasetName

Normalization = Literal["standardize", "scale", "none", "per_pixel", "per_pixel_as_written"]


class AugmentationSpec(Document):
    """Random changes to each training image, drawn anew at each step; validation and test images stay as they are."""

    horizontal_flip: bool = field(
        False,
        title="Horizontal flip",
        help="Mirrors each image with probability 1/2. Not for digits, whose mirror images are no digits.",
    )
    crop_padding: int = field(
        0,
        title="Crop padding",
        help="Pads each side with zeros (after normalisation), then cuts a window of the original size at random. "
        "CIFAR's usual value is 4; 0 is off.",
        unit="px",
        ge=0,
        le=16,
    )
    rotation_degrees: float = field(
        0.0,
        title="Rotation",
        help="Turns each image by an angle between minus and plus this much; the border repeats outwards. 0 is off.",
        unit="°",
        ge=0.0,
        le=180.0,
    )
    shift_fraction: float = field(
        0.0,
        title="Shift",
        help="Moves each image, in both directions, by up to this fraction of its size; the border repeats outwards. "
        "0 is off.",
        ge=0.0,
        le=0.5,
    )

    @property
    def enabled(self) -> tuple[str, ...]:
        """The fields that change something, in the order of their declaration."""
        return tuple(name for name, value in self if value)


class DataSpec(Document):
    """A data set and how it becomes training, validation and test part."""

    dataset: DatasetName = field(
        "digits",
        title="Data set",
        help="Digits and the plane's toys need no download; the others are fetched at their first use and kept.",
    )
    validation_fraction: float = field(
        0.15,
        title="Validation fraction",
        help="Part of the training samples that is held back to judge the network while it trains; "
        "drawn by the seed, with the classes in their proportions.",
        ge=0.01,
        le=0.5,
    )
    num_train: int | None = field(
        None,
        title="Training samples",
        help="Trains on this many samples only, drawn by the seed; empty takes all that the validation part leaves. "
        "The validation part stays the same.",
        ge=1,
        le=10_000_000,
    )
    num_samples: int = field(
        1500,
        title="Samples",
        help="Toys only: how many points are drawn for training and validation. The test part has 1,000 more.",
        ge=20,
        le=200_000,
    )
    noise: float = field(
        0.05,
        title="Noise",
        help="Toys only: standard deviation of what is added to both coordinates, which lie between -1 and 1.",
        ge=0.0,
        le=1.0,
    )
    normalization: Normalization = field(
        "standardize",
        title="Normalisation",
        help="standardize: mean 0 and deviation 1 per channel. scale: between 0 and 1. none: raw values. "
        "per_pixel: subtract one mean, divide each pixel by its own deviation. per_pixel_as_written: the same, but the "
        "test part by its own statistics, a mismatch that some published scripts have. "
        "All statistics are the training part's.",
    )
    augmentation: AugmentationSpec = field(
        AugmentationSpec(), title="Augmentation", help="Random changes to each training image, at each step."
    )


def split_sizes(spec: DataSpec) -> tuple[int, int, int]:
    """Number of samples in the training, validation and test part, as the whole data set gives them.

    Only a local folder that holds a part of the data set can give fewer; the loaded data set then says so.
    """
    facts = DATASETS[spec.dataset]
    num_available = num_available_samples(spec)
    num_validation = num_validation_samples(num_available, spec.validation_fraction)
    num_train = num_available - num_validation
    return min(num_train, spec.num_train or num_train), num_validation, facts.num_test


def num_available_samples(spec: DataSpec) -> int:
    """Samples that are split into training and validation part."""
    return DATASETS[spec.dataset].num_train or spec.num_samples


def num_validation_samples(num_available: int, validation_fraction: float) -> int:
    """Size of the validation part: the nearest whole number, at least 1."""
    return max(1, int(num_available * validation_fraction + 0.5))


def data_problems(spec: DataSpec) -> list[tuple[str, str]]:
    """What cannot be, as (path in the experiment, message); empty when the data part is sound."""
    facts = DATASETS[spec.dataset]
    return [*_augmentation_problems(spec, facts), *_size_problems(spec, facts)]


def _augmentation_problems(spec: DataSpec, facts: DatasetFacts) -> list[tuple[str, str]]:
    augmentation = spec.augmentation
    if len(facts.shape) != 3:
        return [
            (
                f"data.augmentation.{name}",
                f"{AugmentationSpec.model_fields[name].title} works on images, but a sample of {facts.title} has shape "
                f"{facts.shape}. Turn it off or choose a data set of images.",
            )
            for name in augmentation.enabled
        ]
    smallest_side = min(facts.shape[1:])
    if augmentation.crop_padding >= smallest_side:
        return [
            (
                "data.augmentation.crop_padding",
                f"Crop padding is {augmentation.crop_padding} px, but an image of {facts.title} has only "
                f"{smallest_side} px, so a crop could be all padding. Take at most {smallest_side - 1} px.",
            )
        ]
    return []


def _size_problems(spec: DataSpec, facts: DatasetFacts) -> list[tuple[str, str]]:
    num_available = num_available_samples(spec)
    num_left = num_available - num_validation_samples(num_available, spec.validation_fraction)
    if spec.num_train is None or spec.num_train <= num_left:
        return []
    remedy = "raise the number of samples" if facts.num_train is None else "lower the validation fraction"
    return [
        (
            "data.num_train",
            f"Training samples is {spec.num_train:,}, but {facts.title} has {num_available:,} samples, of which the "
            f"validation part leaves {num_left:,}. Lower it, leave it empty, or {remedy}.",
        )
    ]
