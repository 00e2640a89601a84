"""Every promise in a short form: the same code as `make soak`, with smaller numbers."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from soak.suite import SUITE

IN_A_BROWSER = ("server", "queue", "long_use")
"""Playwright runs once in a process, and in this one it belongs to the tests."""

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]


@pytest.mark.parametrize("name", [name for name in SUITE if name not in IN_A_BROWSER])
def test_the_promise_holds(name: str) -> None:
    rows = SUITE[name].measure(short=True)
    assert [row.what for row in rows if row.holds is False] == []


@pytest.mark.e2e
@pytest.mark.parametrize("name", IN_A_BROWSER)
def test_the_promise_holds_in_a_browser(browser_path: str, name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "soak", name, "--short"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_promise_that_can_be_named_is_there() -> None:
    for proof in SUITE.values():
        assert find_spec(proof.module), proof.module
