"""Reads IDX, the format of MNIST's files: a magic number, the sizes, then the bytes in row-major order."""

import gzip
import struct

import numpy as np
import numpy.typing as npt

_UNSIGNED_BYTE = 0x08


def parse_idx(content: bytes, num_dims: int) -> npt.NDArray[np.uint8]:
    """The array in a gzipped IDX file of unsigned bytes.

    Args:
        content: The whole file, as it was published.
        num_dims: Dimensions it must have: 3 for images `[num_images, height, width]`, 1 for targets.

    Raises:
        ValueError: If it is no such file, or its length is not what its header says.
    """
    raw = gzip.decompress(content)
    header_bytes = 4 + 4 * num_dims
    if len(raw) < header_bytes:
        raise ValueError(f"An IDX file of {num_dims} dimensions has a header of {header_bytes} bytes, not {len(raw)}.")
    expected_magic = bytes((0, 0, _UNSIGNED_BYTE, num_dims))
    if raw[:4] != expected_magic:
        raise ValueError(f"Expected the IDX magic number {expected_magic.hex()}, found {raw[:4].hex()}.")
    shape = struct.unpack(f">{num_dims}I", raw[4:header_bytes])
    # Python's own product: numpy's would wrap around, and huge sizes could seem to fit.
    num_values = 1
    for size in shape:
        num_values *= size
    if len(raw) - header_bytes != num_values:
        raise ValueError(f"The header says {shape}, which is {num_values} bytes, but {len(raw) - header_bytes} follow.")
    # A copy, since torch warns of memory that it may not write to.
    return np.frombuffer(raw, np.uint8, offset=header_bytes).reshape(shape).copy()
