"""The command line in a process of its own, on a tower that trains in a moment."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

TINY: dict[str, Any] = {
    "format": 1,
    "name": "tiny",
    "data": {"dataset": "xor", "num_samples": 200},
    "network": {
        "items": [
            {"kind": "linear", "id": "i1", "out_features": 8},
            {
                "kind": "repeat",
                "id": "i2",
                "times": 2,
                "items": [
                    {"kind": "residual", "id": "i3", "body": [{"kind": "linear", "id": "i4", "out_features": 8}]}
                ],
            },
            {"kind": "linear", "id": "i5", "out_features": "classes"},
        ],
        "next_id": 6,
    },
    "groups": [
        {"name": "bodies", "rule": {"lanes": ["body"]}, "learning_rate": 0.02},
        {"name": "rest", "learning_rate": 0.05},
    ],
    "training": {"duration": {"epochs": 2}, "batch_size": 32, "num_threads": 1},
}

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def warm() -> Iterator[subprocess.Popen[str]]:
    """A process that has imported torch already, and forks one for each command."""
    command = [sys.executable, Path(__file__).with_name("warm.py")]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        yield process


@pytest.fixture
def builder(warm: subprocess.Popen[str], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs `python -m builder` with arguments; stdout, stderr and returncode of the ended process."""
    printed = tmp_path_factory.mktemp("printed")

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        words = [str(each) for each in arguments]
        stdout, stderr = printed / "stdout", printed / "stderr"
        request = {"arguments": words, "stdout": str(stdout), "stderr": str(stderr), "environment": dict(os.environ)}
        assert warm.stdin is not None
        assert warm.stdout is not None
        print(json.dumps(request), file=warm.stdin, flush=True)
        code = int(warm.stdout.readline())
        return subprocess.CompletedProcess(words, code, stdout.read_text(), stderr.read_text())

    return run


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A document of a few hundred parameters on 200 points of the plane."""
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(TINY))
    return path


@pytest.fixture
def change(tiny: Path) -> Callable[[Callable[[dict[str, Any]], None]], Path]:
    """Edits the tiny document's file."""

    def edit_file(edit: Callable[[dict[str, Any]], None]) -> Path:
        document = json.loads(tiny.read_text())
        edit(document)
        tiny.write_text(json.dumps(document))
        return tiny

    return edit_file


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "workspace"
