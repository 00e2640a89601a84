"""Checkpoints: weights and optimizer state by address, the step, and how the run stood. Whole or absent."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from builder.modules.network import NetworkModule
from builder.training.layout import FlatLayout
from builder.training.optimizers import GroupRates
from builder.workspace.checkpoints import STATE_NAME, checkpoint_path, checkpoints

WEIGHTS, OPTIMIZER, BEST = "weights.safetensors", "optimizer.safetensors", "best.safetensors"
KEPT = "kept.safetensors"
NUM_KEPT = 2
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


def save_checkpoint(
    folder: Path, step: int, network: NetworkModule, layout: FlatLayout, rates: GroupRates, progress: Progress
) -> Path:
    """Writes `folder/step-N`: to a temporary folder, synced, renamed; the two newest are kept.

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
        _save_tensors(optimizer_state(layout, rates), temporary / OPTIMIZER)
        if progress.best is not None:
            _save_tensors(_contiguous(progress.best[1]), temporary / BEST)
        state = {
            "step": step,
            "rates": dict(zip(rates.names, rates.base, strict=True)),
            "val_accuracy": progress.val_accuracy,
            "best_val_accuracy": progress.best[0] if progress.best else None,
        }
        (temporary / STATE_NAME).write_text(json.dumps(state))
        _sync(temporary / STATE_NAME)
        _sync(temporary)
        if target.exists():
            _replace_files(target, temporary)
        else:
            temporary.rename(target)
        _sync(folder)
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    for old in checkpoints(folder)[:-NUM_KEPT]:
        # Under its name it is whole until it is gone.
        shutil.rmtree(old.rename(folder / f"{_REMOVING}{old.name}"))
    return target


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


def load_checkpoint(path: Path, network: NetworkModule, layout: FlatLayout, rates: GroupRates) -> tuple[int, Progress]:
    """Puts weights, optimizer state and base rates back; returns the number of finished steps, and how the run stood.

    Raises:
        CheckpointUnusable: If it is of another network or of other groups, or cannot be read.
    """
    device = str(layout.values.device)
    try:
        state = json.loads((path / STATE_NAME).read_text())
        weights, moments = load_file(path / WEIGHTS, device=device), load_file(path / OPTIMIZER, device=device)
        best = load_file(path / BEST, device=device) if state["best_val_accuracy"] is not None else None
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise CheckpointUnusable(
            f"{path} cannot be read: it is damaged, or another version of Highrise wrote it ({error})."
        ) from error
    own = network.state_dict()
    _check_same(path, weights, own)
    _check_same(path, moments, optimizer_state(layout, rates))
    if set(state["rates"]) != set(rates.names):
        raise CheckpointUnusable(
            f"{path} has the groups {', '.join(state['rates'])}, but the document {', '.join(rates.names)}."
        )
    with torch.no_grad():
        for address, value in weights.items():
            own[address].copy_(value)
    _load_optimizer_state(moments, layout, rates)
    for name, rate in state["rates"].items():
        rates.set_base(name, rate)
    return state["step"], Progress(state["val_accuracy"], None if best is None else (state["best_val_accuracy"], best))


def _check_same(path: Path, saved: dict[str, Tensor], own: dict[str, Tensor]) -> None:
    """Refuses what is not of this network before anything is changed."""
    for name in sorted(saved.keys() | own.keys()):
        there, here = (f"shape {list(each[name].shape)}" if name in each else "nothing" for each in (saved, own))
        if there != here:
            raise CheckpointUnusable(
                f"{path} is of another network or optimizer: for {name} it has {there}, the document has {here}."
            )


def optimizer_state(layout: FlatLayout, rates: GroupRates) -> dict[str, Tensor]:
    """The optimizer's state as `address:key`, each in its parameter's shape; counters as scalars."""
    state: dict[str, Tensor] = {}
    for update, start, addresses in _stretches(layout):
        for key, value in rates.optimizer.state.get(update, {}).items():
            if not isinstance(value, Tensor):
                continue
            for address in addresses:
                part = value if value.dim() == 0 else layout.view(value, address, start)
                state[f"{address}:{key}"] = part.clone(memory_format=torch.contiguous_format)
    return state


def _load_optimizer_state(saved: dict[str, Tensor], layout: FlatLayout, rates: GroupRates) -> None:
    for update, start, addresses in _stretches(layout):
        keys = {name.rpartition(":")[2] for name in saved if name.rpartition(":")[0] == addresses[0]}
        for key in keys:
            parts = [saved[f"{address}:{key}"] for address in addresses]
            if key == "step":
                rates.optimizer.state[update][key] = parts[0].clone()
                continue
            flat = torch.zeros_like(update.detach())
            for address, part in zip(addresses, parts, strict=True):
                layout.view(flat, address, start).copy_(part)
            rates.optimizer.state[update][key] = flat


def _stretches(layout: FlatLayout) -> list[tuple[torch.nn.Parameter, int, list[str]]]:
    """For each of the optimizer's parameters: itself, its start, and the addresses inside it."""
    found = []
    for update in layout.updates:
        start = update.parameter.storage_offset()
        stop = start + update.parameter.numel()
        addresses = [address for address, (first, last) in layout.slices.items() if start <= first and last <= stop]
        found.append((update.parameter, start, addresses))
    return found


def _replace_files(target: Path, temporary: Path) -> None:
    """Saves a step again: the run went on from it and has taken none since, so that weights of both are the same ones.

    A folder cannot take another's place at once, but each file can, and at no moment is the checkpoint gone.
    """
    for name in (WEIGHTS, OPTIMIZER, BEST, STATE_NAME):
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
