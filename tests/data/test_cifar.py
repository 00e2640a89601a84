"""CIFAR-10's pickles: arrays come out, nothing else gets in."""

import io
import os
import pickle
import struct

import numpy as np
import pytest

from builder.data.cifar import parse_cifar_batch
from builder.spec.datasets import DATASETS


class Python2Pickler(pickle._Pickler):  # pyright: ignore[reportAttributeAccessIssue]
    """Writes bytes as Python 2 did, which is how the batches were published."""

    dispatch = dict(pickle._Pickler.dispatch)  # pyright: ignore[reportAttributeAccessIssue]  # noqa: RUF012

    def save_bytes(self, value):
        self.write(b"T" + struct.pack("<i", len(value)) + value)

    dispatch[bytes] = save_bytes


def published(value) -> bytes:
    """The bytes that Python 2 and its numpy would have written."""
    stream = io.BytesIO()
    Python2Pickler(stream, protocol=2).dump(value)
    return stream.getvalue().replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")


def batch(num_images=3, **changes):
    images = np.arange(num_images * 3072, dtype=np.int64).astype(np.uint8).reshape(num_images, 3072)
    whole = {b"batch_label": b"one of one", b"labels": [7] * num_images, b"data": images, b"filenames": [b"a.png"]}
    return {**whole, **{name.encode(): value for name, value in changes.items()}}


def test_images_are_planes_of_red_green_and_blue():
    images, targets = parse_cifar_batch(published(batch()))
    assert images.shape == (3, 3, 32, 32)
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images.reshape(-1), batch()[b"data"].reshape(-1))
    assert targets.tolist() == [7, 7, 7]


class Shell:
    """Runs a command when it is unpickled by anyone who trusts it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


class Evaluate:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return eval, (f"__import__('pathlib').Path({str(self.path)!r}).touch()",)


@pytest.mark.parametrize(("attack", "name"), [(Shell, "system"), (Evaluate, "eval")])
def test_a_hostile_pickle_is_refused_before_it_acts(tmp_path, attack, name):
    mark = tmp_path / "acted"
    content = published(batch(labels=attack(mark)))
    with pytest.raises(ValueError, match=rf"wants \w+\.{name}, which no CIFAR-10 batch needs"):
        parse_cifar_batch(content)
    assert not mark.exists()
    pickle.loads(content, encoding="bytes")  # noqa: S301, the proof that the attack is a real one
    assert mark.exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("numpy", "load"),
        ("numpy", "fromfile"),
        ("numpy.core.multiarray", "fromfile"),
        ("numpy", "ndarray.tofile"),
        ("builtins", "getattr"),
        ("os", "system"),
    ],
)
def test_every_other_name_is_refused_even_of_numpy(module, name):
    content = b"\x80\x04" + b"".join(b"\x8c" + bytes([len(text)]) + text.encode() for text in (module, name)) + b"\x93."
    with pytest.raises(ValueError, match="no CIFAR-10 batch"):
        parse_cifar_batch(content)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        batch(data=np.zeros((3, 3071), np.uint8)),
        batch(data=np.zeros((3, 3072), np.float32)),
        batch(data=np.array([[None] * 3072] * 3, object)),
        batch(data=[1, 2, 3]),
        batch(labels=[7, 7]),
        batch(labels=[7, 7, 10]),
        batch(labels=[7, 7, -1]),
        batch(labels=[7, 7, 1.5]),
        batch(labels=[7, 7, True]),
        batch(labels=7),
    ],
    ids=range(12),
)
def test_a_pickle_of_something_else_is_refused(value):
    with pytest.raises(ValueError, match="CIFAR-10"):
        parse_cifar_batch(published(value))


@pytest.mark.parametrize("kept", [0, 1, 100, 5000])
def test_a_cut_off_pickle_is_refused(kept):
    with pytest.raises(ValueError, match="CIFAR-10"):
        parse_cifar_batch(published(batch())[:kept])


def test_the_published_batches_hold_what_they_are_known_for(real_data_folder):
    folder = real_data_folder / "cifar-10"
    images, targets = parse_cifar_batch((folder / "data_batch_1").read_bytes())
    assert images.shape == (10_000, 3, 32, 32)
    assert targets[:5].tolist() == [6, 9, 9, 4, 1]
    _, test_targets = parse_cifar_batch((folder / "test_batch").read_bytes())
    assert np.bincount(test_targets).tolist() == [1000] * 10
    meta = (folder / "batches.meta").read_bytes()
    positions = [meta.index(name.encode()) for name in DATASETS["cifar-10"].class_names]
    assert positions == sorted(positions)
