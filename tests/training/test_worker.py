"""The trainer's process: from one line on standard input to the end of a run."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from builder.spec import dump_experiment, with_value
from builder.training.events import StepsRecorded
from builder.training.loop import train
from builder.training.worker import warm_up, warm_up_to_fork
from builder.workspace.rows import RunReader
from builder.workspace.runs import LOG_NAME
from builder.workspace.store import Workspace
from soak.every_step import read_every_step

ROOT = Path(__file__).parents[2]


BOTH_WAYS = pytest.mark.parametrize(
    "flags",
    [[], pytest.param(["--fork-server"], marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks"))],
)


def start_worker(folder: Path, flags: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "builder.training.worker", "--workspace", str(folder), *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"},
    )


@pytest.mark.process
@BOTH_WAYS
def test_a_line_on_standard_input_trains_the_run_to_its_end(make, digits, tmp_path, flags) -> None:
    experiment = make({"kind": "residual", "body": [{"kind": "linear", "out_features": 12}, {"kind": "dropout"}]})
    experiment = with_value(experiment, "training.num_threads", 2)
    workspace = Workspace.open(tmp_path)
    run = workspace.submit(dump_experiment(experiment), queue=False)
    worker = start_worker(tmp_path, flags)
    output, _ = worker.communicate(json.dumps({"run": run.id}) + "\n", timeout=60)
    assert worker.returncode == 0
    assert output.split()[:1] == ["ready"][: len(flags)]
    deadline = time.monotonic() + 60
    while not workspace.run(run.id).is_final:
        # A forked trainer goes on without its fork server.
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert workspace.run(run.id).status == "finished"
    folder = workspace.run_folder(run.id)
    assert f"takes run {run.id}" in (folder / LOG_NAME).read_text()
    # Neither the process nor its warm-up changes what the run computes.
    here = [event.values for event in train(experiment, digits) if isinstance(event, StepsRecorded)]
    reader = RunReader(folder)
    assert reader.info()["num_threads"] == 2
    assert read_every_step(reader).tobytes() == np.concatenate(here).tobytes()
    workspace.close()


@pytest.mark.process
def test_the_end_of_the_input_before_a_run_ends_the_worker(tmp_path) -> None:
    worker = start_worker(tmp_path, [])
    output, _ = worker.communicate("", timeout=60)
    assert (worker.returncode, output) == (0, "")


NOTHING_THAT_A_FORK_DOES_NOT_SURVIVE = """
import os, torch
from builder.training.worker import warm_up_to_fork

def refuse(*_arguments, **_options):
    raise AssertionError("This starts threads, or wakes a device's driver.")

torch.cuda.is_available = torch.cuda.device_count = torch.cuda.init = torch.cuda._lazy_init = refuse
torch.Tensor.backward = torch.autograd.backward = torch.autograd.grad = refuse
warm_up_to_fork()
print(len(os.listdir("/proc/self/task")), torch.cuda.is_initialized(), torch.get_num_threads())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")
def test_before_a_fork_there_is_one_thread_no_device_and_no_backward_pass() -> None:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "2"}
    command = [sys.executable, "-c", NOTHING_THAT_A_FORK_DOES_NOT_SURVIVE]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["1", "False", "1"], done.stderr


def test_a_worker_is_warm_without_torchs_compiler() -> None:
    """Importing it, by way of torch's own optimizers, takes half as long as torch itself, at every start of a trainer."""
    probe = "import sys; from builder.training.worker import warm_up; warm_up(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "builder.training.loop" in loaded.split()
    assert not {"torch._dynamo", "torch._inductor", "sympy"} & set(loaded.split())


@pytest.mark.parametrize("warm_up", [warm_up, warm_up_to_fork])
def test_warming_up_leaves_no_global_state_that_changes_a_run(warm_up) -> None:
    state = torch.get_rng_state()
    warm_up()
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.are_deterministic_algorithms_enabled()
    assert not torch.is_inference_mode_enabled()
    assert torch.is_grad_enabled()
    assert not torch.is_autocast_enabled("cpu")
