import sys
from contextlib import suppress

import psutil
import pytest
import torch

from builder.training import memory_limit
from builder.training.memory_errors import is_out_of_memory
from builder.training.memory_limit import free_memory, within_free_memory

linux = pytest.mark.skipif(sys.platform != "linux", reason="no other system has such a limit")
CPU = torch.device("cpu")
GIB = 1 << 30


def gibibytes(number: float) -> torch.Tensor:
    """Not written to, so that the test takes no memory."""
    return torch.empty(int(number * GIB), dtype=torch.uint8)


@linux
def test_what_does_not_fit_fails_and_what_fits_is_there(monkeypatch):
    monkeypatch.setattr(memory_limit, "free_memory", lambda: 2 * GIB)
    with within_free_memory(CPU):
        kept = gibibytes(1)
        with pytest.raises(RuntimeError) as caught:
            gibibytes(1.5)
        assert is_out_of_memory(caught.value)
        del kept
        assert gibibytes(1.5).numel() == 1.5 * GIB


@linux
def test_the_limit_ends_with_the_run_however_that_ends(monkeypatch):
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    monkeypatch.setattr(memory_limit, "free_memory", lambda: GIB // 4)
    with suppress(ValueError), within_free_memory(CPU):
        assert resource.getrlimit(resource.RLIMIT_DATA) != before
        raise ValueError
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert gibibytes(0.5).numel() == GIB // 2


@linux
def test_a_lower_limit_that_was_set_outside_holds(monkeypatch):
    import resource

    asked = []
    hard = psutil.Process().memory_info().data + GIB
    monkeypatch.setattr(resource, "getrlimit", lambda _: (hard, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    monkeypatch.setattr(memory_limit, "free_memory", lambda: 64 * GIB)
    with within_free_memory(CPU):
        assert asked == [(hard, hard)]


@linux
def test_a_device_with_memory_of_its_own_sets_none(monkeypatch):
    monkeypatch.setattr(memory_limit, "free_memory", lambda: GIB // 4)
    with within_free_memory(torch.device("cuda")):
        assert gibibytes(0.5).numel() == GIB // 2


@pytest.mark.parametrize(("available", "expected"), [(10.0, 9.0), (2.0, 1.0), (0.5, 0.25)])
def test_a_twentieth_of_the_memory_is_left_to_others_but_half_of_what_is_free_is_given(
    monkeypatch, available, expected
):
    memory = psutil.virtual_memory()._replace(total=20 * GIB, available=int(available * GIB))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    assert free_memory() == expected * GIB
