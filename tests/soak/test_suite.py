"""Every promise in a short form: the same code as `make soak`, with smaller numbers."""

import pytest

from soak.suite import SUITE


@pytest.mark.process
@pytest.mark.parametrize("name", SUITE)
def test_the_promise_holds(name: str) -> None:
    rows = SUITE[name].measure(short=True)
    assert [row.what for row in rows if row.holds is False] == []
