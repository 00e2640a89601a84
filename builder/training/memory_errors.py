"""No memory left: how that is recognised, and the words for it."""

import re

import torch

from builder.spec.sizes import bytes_text


def is_out_of_memory(error: Exception) -> bool:
    """Whether this is what the host or a device raises when it has no memory left."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    # The CPU's allocator, cuBLAS and cuDNN have no exception of their own for it.
    return any(words in str(error) for words in ("allocate memory", "not enough memory", "ALLOC_FAILED"))


def memory_reason(error: Exception) -> str:
    """What a person is told of it."""
    detail = str(error).splitlines()[0] if str(error) else "out of memory"
    if asked := re.search(r"allocate (\d+) bytes", detail):
        detail = f"{bytes_text(int(asked[1]))} more were not to be had"
    return f"The network did not fit into memory. Use a smaller batch, fewer channels or fewer blocks. ({detail})"
