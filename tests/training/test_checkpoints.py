"""Checkpoints are whole or absent, keyed by addresses, and going on from one equals never having stopped."""

import json
import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from recorded import change
from safetensors.torch import load_file

from builder.modules import compile_network
from builder.training import loop
from builder.training.checkpoints import CheckpointUnusable, Progress, load_checkpoint, save_checkpoint
from builder.training.events import CheckpointSaved, RunFinished
from builder.training.loop import TrainingRun, train
from builder.workspace.checkpoints import checkpoints

CPU = torch.device("cpu")
BODY = [{"kind": "norm"}, {"kind": "linear", "out_features": 12}, {"kind": "dropout"}]
TOWER = [
    {"kind": "residual", "body": BODY},
    {"kind": "repeat", "times": 2, "items": [{"kind": "stochastic_depth", "body": BODY, "dropped_update": "skip"}]},
]
CONV = [{"kind": "conv", "out_channels": 4}, {"kind": "conv", "out_channels": 5}, {"kind": "flatten"}]
GROUPS = [{"name": "bodies", "rule": {"lanes": ["body"]}}, {"name": "rest", "learning_rate": 0.03}]
OPTIMIZERS = [
    {"kind": "sgd", "momentum": 0.9, "nesterov": True},
    {"kind": "sgd", "momentum": 0.0},
    {"kind": "adam"},
    {"kind": "adamw"},
    {"kind": "rmsprop", "momentum": 0.3},
]


def save(run: TrainingRun, folder: Path) -> Path:
    return save_checkpoint(folder, run.step, run.network, run.layout, run.mixer, Progress()).path


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda each: each["kind"])
@pytest.mark.parametrize("conv", [False, True], ids=["dense", "conv"])
def test_going_on_from_a_checkpoint_equals_the_unbroken_run_bit_for_bit(
    make, digits, tmp_path, optimizer: dict[str, Any], conv: bool
) -> None:
    tower = {"stem": False} if conv else {}
    experiment = make(*(CONV if conv else TOWER), groups=GROUPS, optimizer=optimizer, **tower)
    unbroken, resumed = (TrainingRun(experiment, digits, CPU) for _ in range(2))
    for _ in range(4):
        unbroken.take_step()
    change(unbroken, "set_learning_rate", "rest", 0.07)
    path = save(unbroken, tmp_path)
    unbroken.recorder.flush()
    resumed.step, _ = load_checkpoint(path, resumed.network, resumed.layout, resumed.mixer)
    assert resumed.step == 4
    for _ in range(4):
        unbroken.take_step()
        resumed.take_step()
    assert resumed.recorder.flush().tobytes() == unbroken.recorder.flush().tobytes()
    others = unbroken.network.state_dict()
    for address, value in resumed.network.state_dict().items():
        assert torch.equal(value, others[address]), address


def test_weights_and_optimizer_state_stand_under_addresses_in_the_parameters_shape(make, digits, tmp_path) -> None:
    run = TrainingRun(make(*CONV, stem=False, optimizer={"kind": "adam"}), digits, CPU)
    run.take_step()
    path = save(run, tmp_path)
    weights = load_file(path / "weights.safetensors")
    assert weights.keys() == run.network.state_dict().keys()
    moments = load_file(path / "optimizer.safetensors")
    shapes = {address: value.shape for address, value in run.network.parameters_by_address()}
    assert moments.keys() == {f"{address}:{key}" for address in shapes for key in ("exp_avg", "exp_avg_sq", "step")}
    for address, parameter in run.network.parameters_by_address():
        # After one step Adam's first moment is (1 - beta1) times the gradient.
        assert parameter.grad is not None
        torch.testing.assert_close(moments[f"{address}:exp_avg"], 0.1 * parameter.grad)
        assert moments[f"{address}:step"].item() == 1


def test_weights_load_into_a_fresh_network_of_the_document(make, digits, tmp_path) -> None:
    experiment = make(*TOWER)
    run = TrainingRun(experiment, digits, CPU)
    run.take_step()
    fresh = compile_network(experiment)
    fresh.load_state_dict(load_file(save(run, tmp_path) / "weights.safetensors"))
    inputs = digits.validation.inputs
    assert torch.equal(fresh.eval()(inputs), run.network.eval()(inputs))


def test_the_two_newest_are_kept(make, digits, tmp_path) -> None:
    run = TrainingRun(make(*TOWER), digits, CPU)
    for _ in range(4):
        run.take_step()
        save(run, tmp_path)
    assert [json.loads((path / "state.json").read_text())["step"] for path in checkpoints(tmp_path)] == [3, 4]
    assert sorted(path.name for path in tmp_path.iterdir()) == [path.name for path in checkpoints(tmp_path)]


def test_what_a_killed_trainer_left_half_written_is_no_checkpoint_and_goes(make, digits, tmp_path) -> None:
    half = tmp_path / ".writing-7"
    half.mkdir()
    (half / "weights.safetensors").write_bytes(b"half")
    assert checkpoints(tmp_path) == []
    run = TrainingRun(make(*TOWER), digits, CPU)
    save(run, tmp_path)
    assert not half.exists()


class Killed(BaseException):
    """Stands for a kill: nothing after it happens, nothing is cleared up."""


@pytest.mark.parametrize("num_files", range(5))
def test_whatever_a_kill_leaves_of_a_checkpoint_that_goes_is_none(
    make, digits, tmp_path, monkeypatch, num_files: int
) -> None:
    """The third newest goes file by file; a kill in between must not leave half of it under its name."""
    run = TrainingRun(make(*TOWER), digits, CPU)
    for _ in range(2):
        run.take_step()
        save(run, tmp_path)
    run.take_step()
    with monkeypatch.context() as patch, suppress(Killed):
        kill_at_call(patch, ("unlink", "rmdir"), num_files)
        save(run, tmp_path)
    assert all(is_whole(path, run) for path in checkpoints(tmp_path))
    run.take_step()
    save(run, tmp_path)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["step-000000000003", "step-000000000004"]


@pytest.mark.parametrize("num_calls", range(6))
def test_a_kill_while_a_step_is_saved_again_leaves_both_checkpoints_whole(
    make, digits, tmp_path, monkeypatch, num_calls: int
) -> None:
    """A run that goes on from a step and is stopped before the next one saves that step again, with its rates of now."""
    run = TrainingRun(make(*TOWER), digits, CPU)
    for _ in range(2):
        run.take_step()
        save(run, tmp_path)
    before = checkpoints(tmp_path)
    change(run, "set_learning_rate", "all", 0.3)
    with monkeypatch.context() as patch, suppress(Killed):
        kill_at_call(patch, ("unlink", "rmdir", "rename", "replace"), num_calls)
        save(run, tmp_path)
    assert checkpoints(tmp_path) == before
    assert all(is_whole(path, run) for path in before)
    # To look at one has loaded it.
    change(run, "set_learning_rate", "all", 0.3)
    save(run, tmp_path)
    assert json.loads((before[-1] / "state.json").read_text())["rates"] == {"all": 0.3}
    assert sorted(tmp_path.iterdir()) == before


def kill_at_call(patch: pytest.MonkeyPatch, names: tuple[str, ...], number: int) -> None:
    """Lets the first `number` calls of these functions of `os` through, and none after them."""
    calls = iter(range(10**6))

    def counted(function: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            if next(calls) >= number:
                raise Killed
            return function(*arguments, **options)

        return call

    for name in names:
        patch.setattr(os, name, counted(getattr(os, name)))


def is_whole(path: Path, run: TrainingRun) -> bool:
    """Whether it can be gone on from."""
    try:
        load_checkpoint(path, run.network, run.layout, run.mixer)
    except CheckpointUnusable:
        return False
    return True


FILL = """
import signal, sys, resource
from pathlib import Path
import torch
from builder.data.dataset import load_dataset
from builder.spec import load_experiment
from builder.training.checkpoints import Progress, save_checkpoint
from builder.training.loop import TrainingRun
folder = Path(sys.argv[1])
experiment = load_experiment("digits-residual")
run = TrainingRun(experiment, load_dataset(experiment.data, seed=0, device="cpu"), torch.device("cpu"))
run.take_step()
save_checkpoint(folder, 1, run.network, run.layout, run.mixer, Progress())
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    save_checkpoint(folder, 2, run.network, run.layout, run.mixer, Progress())
except OSError as error:
    print(error)
print(sorted(path.name for path in folder.iterdir()))
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on a file's size")
def test_a_disk_that_takes_no_more_leaves_the_older_checkpoint_whole(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL, tmp_path],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert "could not be written" in done.stdout
    assert done.stdout.strip().endswith("['step-000000000001']")


def test_loop_saves_in_time_at_the_end_and_the_kept_weights(make, digits, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0.0)
    experiment = make(*TOWER, keep="best_validation", evaluate_every={"steps": 5})
    events = list(train(experiment, digits, checkpoint_folder=tmp_path))
    saved = [event for event in events if isinstance(event, CheckpointSaved)]
    assert saved[0].step < 12
    assert saved[-1].step == 12
    assert [Path(event.folder) for event in saved[-2:]] == checkpoints(tmp_path)
    network = compile_network(experiment)
    network.load_state_dict(load_file(tmp_path / "kept.safetensors"))
    logits = network.eval()(digits.test.inputs)
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (logits.argmax(1) == digits.test.targets).double().mean().item() == pytest.approx(finished.test_accuracy)
