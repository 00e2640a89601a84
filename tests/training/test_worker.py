"""The trainer's process: from one line on standard input to the end of a run."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from builder.spec import dump_experiment
from builder.training.events import StepsRecorded
from builder.training.loop import train
from builder.training.worker import warm_up
from builder.workspace.rows import RunReader
from builder.workspace.runs import LOG_NAME
from builder.workspace.store import Workspace
from soak.every_step import read_every_step

ROOT = Path(__file__).parents[2]


def start_worker(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "builder.training.worker", "--workspace", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


@pytest.mark.process
def test_a_line_on_standard_input_trains_the_run_to_its_end(make, digits, tmp_path) -> None:
    experiment = make({"kind": "residual", "body": [{"kind": "linear", "out_features": 12}, {"kind": "dropout"}]})
    workspace = Workspace.open(tmp_path)
    run = workspace.submit(dump_experiment(experiment), queue=False)
    worker = start_worker(tmp_path)
    output, _ = worker.communicate(json.dumps({"run": run.id}) + "\n", timeout=60)
    assert (worker.returncode, output) == (0, "")
    assert workspace.run(run.id).status == "finished"
    folder = workspace.run_folder(run.id)
    assert f"takes run {run.id}" in (folder / LOG_NAME).read_text()
    # Neither the process nor its warm-up changes what the run computes.
    here = [event.values for event in train(experiment, digits) if isinstance(event, StepsRecorded)]
    reader = RunReader(folder)
    assert read_every_step(reader).tobytes() == np.concatenate(here).tobytes()
    workspace.close()


@pytest.mark.process
def test_the_end_of_the_input_before_a_run_ends_the_worker(tmp_path) -> None:
    worker = start_worker(tmp_path)
    output, _ = worker.communicate("", timeout=60)
    assert (worker.returncode, output) == (0, "")


def test_a_worker_is_warm_without_torchs_compiler() -> None:
    """Importing it, by way of torch's own optimizers, takes half as long as torch itself, at every start of a trainer."""
    probe = "import sys; from builder.training.worker import warm_up; warm_up(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "builder.training.loop" in loaded.split()
    assert not {"torch._dynamo", "torch._inductor", "sympy"} & set(loaded.split())


def test_warming_up_leaves_no_global_state_that_changes_a_run() -> None:
    state = torch.get_rng_state()
    warm_up()
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.are_deterministic_algorithms_enabled()
    assert not torch.is_inference_mode_enabled()
    assert torch.is_grad_enabled()
    assert not torch.is_autocast_enabled("cpu")
