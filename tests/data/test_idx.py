"""IDX files: what the header promises must be there, to the byte."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.data.idx import parse_idx


def idx(shape, content, type_code=8, magic_dims=None):
    magic = bytes((0, 0, type_code, len(shape) if magic_dims is None else magic_dims))
    return gzip.compress(magic + struct.pack(f">{len(shape)}I", *shape) + content, compresslevel=1)


def test_values_come_out_in_row_major_order():
    parsed = parse_idx(idx((2, 3, 4), bytes(range(24))), 3)
    assert parsed.shape == (2, 3, 4)
    assert parsed[1, 2, 3] == 23
    assert parsed[1, 0, 2] == 14
    assert parsed.dtype == np.uint8


# By name: gzip writes the time, and processes that share the tests out must call them alike.
@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(idx((2, 3, 4), bytes(23)), "24 bytes, but 23", id="one byte is missing"),
        pytest.param(idx((2, 3, 4), bytes(25)), "24 bytes, but 25", id="one byte too many"),
        pytest.param(idx((2**32 - 1, 2**32 - 1, 2**31), bytes(24)), "follow", id="more than there can be"),
        # 2^64 values: a 64-bit product would be 0 and fit.
        pytest.param(idx((2**31, 2**31, 4), b""), "follow", id="a product that overflows to 0"),
        pytest.param(idx((24,), bytes(24)), "magic number", id="another rank"),
        pytest.param(idx((2, 3, 4), bytes(24), type_code=9), "magic number", id="another type"),
        pytest.param(gzip.compress(b"\0\0\x08\x03"), "header", id="half a header"),
        pytest.param(gzip.compress(b""), "header", id="nothing"),
    ],
)
def test_a_file_that_is_not_what_its_header_says_is_refused(content, message):
    with pytest.raises(ValueError, match=message):
        parse_idx(content, 3)


@given(st.lists(st.integers(0, 4), min_size=3, max_size=3), st.integers(-3, 3))
def test_only_the_exact_length_is_read(shape, surplus):
    num_bytes = int(np.prod(shape)) + surplus
    content = idx(tuple(shape), bytes(max(num_bytes, 0)))
    if surplus == 0:
        assert parse_idx(content, 3).shape == tuple(shape)
    elif num_bytes >= 0:
        with pytest.raises(ValueError, match="follow"):
            parse_idx(content, 3)


@pytest.mark.parametrize(
    ("name", "first_train", "first_test"),
    [("mnist", [5, 0, 4, 1, 9], [7, 2, 1, 0, 4]), ("fashion-mnist", [9, 0, 0, 3, 0], [9, 2, 1, 1, 6])],
)
def test_the_published_files_begin_as_is_well_known(name, first_train, first_test, real_data_folder):
    folder = real_data_folder / name
    train = parse_idx((folder / "train-labels-idx1-ubyte.gz").read_bytes(), 1)
    test = parse_idx((folder / "t10k-labels-idx1-ubyte.gz").read_bytes(), 1)
    images = parse_idx((folder / "t10k-images-idx3-ubyte.gz").read_bytes(), 3)
    assert train[:5].tolist() == first_train
    assert test[:5].tolist() == first_test
    assert (train.shape, images.shape) == ((60_000,), (10_000, 28, 28))
