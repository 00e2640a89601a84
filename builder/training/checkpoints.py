"""Checkpoints: weights and optimizer state by address, and the step. Whole or absent."""

import json
import os
import shutil
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from builder.modules.network import NetworkModule
from builder.training.layout import FlatLayout
from builder.training.optimizers import GroupRates

WEIGHTS, OPTIMIZER, STATE = "weights.safetensors", "optimizer.safetensors", "state.json"
KEPT = "kept.safetensors"
NUM_KEPT = 2


def save_checkpoint(folder: Path, step: int, network: NetworkModule, layout: FlatLayout, rates: GroupRates) -> Path:
    """Writes `folder/step-N`: to a temporary folder, synced, renamed; the two newest are kept.

    Raises:
        OSError: If it cannot be written; what was there stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # A run has one trainer, so whatever is half written was left by one that was killed.
    for left in folder.glob(".writing-*"):
        shutil.rmtree(left)
    target = folder / f"step-{step:012d}"
    temporary = folder / f".writing-{step}"
    temporary.mkdir()
    try:
        _save_tensors(_contiguous_state(network), temporary / WEIGHTS)
        _save_tensors(optimizer_state(layout, rates), temporary / OPTIMIZER)
        state = {"step": step, "rates": dict(zip(rates.names, rates.base, strict=True))}
        (temporary / STATE).write_text(json.dumps(state))
        _sync(temporary / STATE)
        _sync(temporary)
        if target.exists():
            shutil.rmtree(target)
        temporary.rename(target)
        _sync(folder)
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    for old in checkpoints(folder)[:-NUM_KEPT]:
        shutil.rmtree(old)
    return target


def save_kept_weights(folder: Path, network: NetworkModule) -> Path:
    """Writes the weights that a finished run keeps, final or best: `folder/kept.safetensors`, whole or absent.

    Raises:
        OSError: If it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / ".writing-kept"
    temporary.mkdir(exist_ok=True)
    try:
        _save_tensors(_contiguous_state(network), temporary / KEPT)
        (temporary / KEPT).rename(folder / KEPT)
        _sync(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder / KEPT


def checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints in a run's folder, oldest first."""
    return sorted(folder.glob("step-*"))


def load_checkpoint(path: Path, network: NetworkModule, layout: FlatLayout, rates: GroupRates) -> int:
    """Puts weights, optimizer state and base rates back; returns the number of finished steps."""
    state = json.loads((path / STATE).read_text())
    device = layout.values.device
    weights = load_file(path / WEIGHTS, device=str(device))
    own = network.state_dict()
    with torch.no_grad():
        for address, value in weights.items():
            own[address].copy_(value)
    _load_optimizer_state(load_file(path / OPTIMIZER, device=str(device)), layout, rates)
    for name, rate in state["rates"].items():
        rates.set_base(name, rate)
    return int(state["step"])


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


def _contiguous_state(network: NetworkModule) -> dict[str, Tensor]:
    return {key: value.contiguous() for key, value in network.state_dict().items()}


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
