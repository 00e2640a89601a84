"""Reads CIFAR-10's batches: pickles, so nothing but numpy's arrays may come out of them."""

import io
import pickle
from typing import Any

import numpy as np
import numpy.typing as npt

_IMAGE_SHAPE = (3, 32, 32)
_NUM_CLASSES = 10


class _ArrayUnpickler(pickle.Unpickler):
    """Resolves the three names that a pickled array needs and refuses every other one, before anything is called."""

    _ALLOWED = frozenset(
        {("numpy.core.multiarray", "_reconstruct"), ("numpy", "ndarray"), ("numpy", "dtype")},
    )

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if (module_name, global_name) not in self._ALLOWED:
            raise ValueError(
                f"The file wants {module_name}.{global_name}, which no CIFAR-10 batch needs. It is not the published "
                "file and was not opened further; delete it."
            )
        # numpy 2 moved the module; the old name would warn.
        return super().find_class(module_name.replace("numpy.core", "numpy._core"), global_name)


def parse_cifar_batch(content: bytes) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Images and targets of one batch, whose hash must have been checked before.

    Returns:
        Images `[num_images, 3, 32, 32]` and targets `[num_images]`.

    Raises:
        ValueError: If it is no such batch, or asks for anything but arrays.
    """
    try:
        batch = _ArrayUnpickler(io.BytesIO(content), encoding="bytes").load()
    except (pickle.UnpicklingError, EOFError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This is no CIFAR-10 batch: {error}") from error
    if not isinstance(batch, dict):
        raise ValueError(f"A CIFAR-10 batch is a dictionary, not a {type(batch).__name__}.")
    images = batch.get(b"data")
    labels = batch.get(b"labels")
    num_values = int(np.prod(_IMAGE_SHAPE))
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8 or images.shape[1:] != (num_values,):
        raise ValueError(f"A CIFAR-10 batch holds its images as bytes [num_images, {num_values}] under 'data'.")
    if not isinstance(labels, list) or len(labels) != len(images):
        raise ValueError("A CIFAR-10 batch holds one label for each image under 'labels'.")
    if not all(type(label) is int and 0 <= label < _NUM_CLASSES for label in labels):
        raise ValueError(f"CIFAR-10's labels are whole numbers from 0 to {_NUM_CLASSES - 1}.")
    return images.reshape(-1, *_IMAGE_SHAPE), np.array(labels, np.uint8)
