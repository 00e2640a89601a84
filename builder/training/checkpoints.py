"""Checkpoints: weights and optimizer state by address, the step, and how the run stood. Whole or absent."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from builder.modules.network import NetworkModule
from builder.spec.mix import Mix
from builder.training.layout import FlatLayout, Update
from builder.training.optimizers import STEP, Mixer
from builder.workspace.checkpoints import (
    FLAG_NAME,
    STATE_NAME,
    checkpoint_path,
    read_state,
    step_of,
    superfluous,
)
from builder.workspace.checkpoints import is_flagged as _is_flagged
from builder.workspace.errors import WorkspaceError

WEIGHTS, OPTIMIZER, BEST = "weights.safetensors", "optimizer.safetensors", "best.safetensors"
KEPT = "kept.safetensors"
_WRITING, _REMOVING = ".writing-", ".removing-"


class CheckpointUnusable(Exception):
    """A checkpoint is of another network, or cannot be read; the message says which."""


@dataclass(slots=True)
class Progress:
    """How a run stands beside its weights.

    Attributes:
        val_accuracy: At the last evaluation; None before the first.
        best: The best validation accuracy so far and the network's state there, if the best weights are to be kept.
    """

    val_accuracy: float | None = None
    best: tuple[float, dict[str, Tensor]] | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint that was written.

    Attributes:
        is_flagged: Whether it belongs to a flag, and so is kept.
        let_go: Steps of flags whose checkpoints had to make room.
    """

    path: Path
    is_flagged: bool
    let_go: tuple[int, ...]


def save_checkpoint(
    folder: Path,
    step: int,
    network: NetworkModule,
    layout: FlatLayout,
    mixer: Mixer,
    progress: Progress,
    *,
    is_flagged: bool = False,
) -> Saved:
    """Writes `folder/step-N`: to a temporary folder, synced, renamed. Kept are the two newest, and flags' own.

    A flag's checkpoint of this step stays as the groups were set before the first change there.

    Args:
        folder: Of the checkpoints.
        step: Number of finished updates.
        network: With its weights and running statistics.
        layout: Of its parameters.
        mixer: What the groups are set to, and the optimizer.
        progress: How the run stands beside.
        is_flagged: Somebody is about to change something.

    Raises:
        OSError: If it cannot be written; what was there stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # A run has one trainer, so whatever is half written or half removed was left by one that was killed.
    for left in (*folder.glob(f"{_WRITING}*"), *folder.glob(f"{_REMOVING}*")):
        shutil.rmtree(left)
    target = checkpoint_path(folder, step)
    temporary = folder / f"{_WRITING}{step}"
    temporary.mkdir()
    try:
        _save_tensors(_contiguous(network.state_dict()), temporary / WEIGHTS)
        _save_tensors(optimizer_state(layout, mixer), temporary / OPTIMIZER)
        if progress.best is not None:
            _save_tensors(_contiguous(progress.best[1]), temporary / BEST)
        mix = mixer.mix.to_state()
        state = {
            "step": step,
            **mix,
            "val_accuracy": progress.val_accuracy,
            "best_val_accuracy": progress.best[0] if progress.best else None,
        }
        if is_flagged_already := _is_flagged(target):
            known = _known_state(target)
            state |= {key: known[key] for key in mix if key in known}
        (temporary / STATE_NAME).write_text(json.dumps(state))
        _sync(temporary / STATE_NAME)
        if is_flagged:
            (temporary / FLAG_NAME).touch()
        _sync(temporary)
        if target.exists():
            _replace_files(target, temporary)
        else:
            temporary.rename(target)
        _sync(folder)
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    let_go = []
    for old in superfluous(folder):
        if _is_flagged(old):
            let_go.append(step_of(old))
        # Under its name it is whole until it is gone.
        shutil.rmtree(old.rename(folder / f"{_REMOVING}{old.name}"))
    return Saved(target, is_flagged or is_flagged_already, tuple(let_go))


def save_kept_weights(folder: Path, network: NetworkModule) -> Path:
    """Writes the weights that a finished run keeps, final or best: `folder/kept.safetensors`, whole or absent.

    Raises:
        OSError: If it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f"{_WRITING}kept"
    temporary.mkdir(exist_ok=True)
    try:
        _save_tensors(_contiguous(network.state_dict()), temporary / KEPT)
        (temporary / KEPT).rename(folder / KEPT)
        _sync(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder / KEPT


def load_checkpoint(path: Path, network: NetworkModule, layout: FlatLayout, mixer: Mixer) -> tuple[int, Progress]:
    """Puts weights, optimizer state and base rates back; returns the number of finished steps, and how the run stood.

    Raises:
        CheckpointUnusable: If it is of another network or of other groups, leaves nothing to learn, or cannot be read.
    """
    device = str(layout.values.device)
    try:
        state = read_state(path)
        weights, moments = load_file(path / WEIGHTS, device=device), load_file(path / OPTIMIZER, device=device)
        best_accuracy = state["best_val_accuracy"]
        best = None if best_accuracy is None else (best_accuracy, load_file(path / BEST, device=device))
        step, val_accuracy, names = state["step"], state["val_accuracy"], list(state["rates"])
    except (OSError, KeyError, SafetensorError, WorkspaceError) as error:
        raise CheckpointUnusable(
            f"{path} cannot be read: it is damaged, or another version of Highrise wrote it ({error})."
        ) from error
    if set(names) != set(mixer.mix.groups):
        raise CheckpointUnusable(
            f"{path} has the groups {', '.join(names)}, but the document {', '.join(mixer.mix.groups)}."
        )
    mix = mixer.mix.with_state(state)
    if not mix.learning:
        raise CheckpointUnusable(
            "With the groups frozen as they were at the checkpoint and as the document changes it, every group is frozen "
            "and nothing would learn. Unfreeze one."
        )
    own = network.state_dict()
    _check_same(path, _shapes(weights), _shapes(own))
    _check_same(path, _shapes(moments), _expected_state(moments, layout, mixer, mix))
    with torch.no_grad():
        for address, value in weights.items():
            own[address].copy_(value)
    mixer.set(mix)
    _load_optimizer_state(moments, layout, mixer)
    return step, Progress(val_accuracy, best)


def _shapes(tensors: dict[str, Tensor]) -> dict[str, list[int]]:
    return {name: list(value.shape) for name, value in tensors.items()}


def _check_same(path: Path, saved: dict[str, list[int]], own: dict[str, list[int]]) -> None:
    """Refuses what is not of this network before anything is changed."""
    for name in sorted(saved.keys() | own.keys()):
        there, here = (f"shape {each[name]}" if name in each else "nothing" for each in (saved, own))
        if there != here:
            raise CheckpointUnusable(
                f"{path} is of another network or optimizer: for {name} it has {there}, the document has {here}."
            )


def optimizer_state(layout: FlatLayout, mixer: Mixer) -> dict[str, Tensor]:
    """The optimizer's state as `address:key`, each in its parameter's shape; counters as scalars."""
    state: dict[str, Tensor] = {}
    for update, addresses in _stretches(layout):
        start = int(update.parameter.storage_offset())
        for key, value in mixer.optimizer.state.get(update.parameter, {}).items():
            for address in addresses:
                part = value if value.dim() == 0 else layout.view(value, address, start)
                state[f"{address}:{key}"] = part.clone(memory_format=torch.contiguous_format)
    return state


def _expected_state(saved: dict[str, Tensor], layout: FlatLayout, mixer: Mixer, mix: Mix) -> dict[str, list[int]]:
    """Shapes of the optimizer's state; what was frozen all along has none."""
    names = list(mix.groups)
    expected: dict[str, list[int]] = {}
    for update, addresses in _stretches(layout):
        keys = [f"{address}:{name}" for address in addresses for name in mixer.optimizer.state_names]
        if names[update.group] not in mix.learning and not any(key in saved for key in keys):
            continue
        for address in addresses:
            shape = list(layout.view(layout.values, address).shape)
            expected |= {f"{address}:{name}": [] if name == STEP else shape for name in mixer.optimizer.state_names}
    return expected


def _load_optimizer_state(saved: dict[str, Tensor], layout: FlatLayout, mixer: Mixer) -> None:
    for update, addresses in _stretches(layout):
        parameter, start = update.parameter, int(update.parameter.storage_offset())
        if any(f"{addresses[0]}:{name}" not in saved for name in mixer.optimizer.state_names):
            mixer.optimizer.state.pop(parameter, None)
            continue
        mixer.optimizer.begin(parameter)
        for name, value in mixer.optimizer.state[parameter].items():
            parts = [saved[f"{address}:{name}"] for address in addresses]
            if name == STEP:
                value.copy_(parts[0])
                continue
            for address, part in zip(addresses, parts, strict=True):
                layout.view(value, address, start).copy_(part)


def _known_state(checkpoint: Path) -> dict[str, Any]:
    """What a checkpoint says that is about to be replaced; nothing if it is damaged, for the new one is whole."""
    try:
        return read_state(checkpoint)
    except WorkspaceError:
        return {}


def _stretches(layout: FlatLayout) -> list[tuple[Update, list[str]]]:
    """The optimizer's parameters, each with the addresses inside it."""
    found = []
    for update in layout.updates:
        start = update.parameter.storage_offset()
        stop = start + update.parameter.numel()
        addresses = [address for address, (first, last) in layout.slices.items() if start <= first and last <= stop]
        found.append((update, addresses))
    return found


def _replace_files(target: Path, temporary: Path) -> None:
    """Saves a step again: the run went on from it and has taken none since, so that weights of both are the same ones.

    A folder cannot take another's place at once, but each file can, and at no moment is the checkpoint gone.
    """
    for name in (WEIGHTS, OPTIMIZER, BEST, STATE_NAME, FLAG_NAME):
        if (temporary / name).exists():
            (temporary / name).replace(target / name)
    _sync(target)
    temporary.rmdir()


def _contiguous(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key: value.contiguous() for key, value in state.items()}


def _save_tensors(tensors: dict[str, Tensor], path: Path) -> None:
    try:
        save_file(tensors, path)
    except SafetensorError as error:
        raise OSError(f"{path} could not be written: {error}. Is the disk full?") from error
    _sync(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
