"""What is measured every few steps because it costs: activations, gates, and how far an update moves the weights.

A probe only looks: it draws nothing and changes nothing, so a run is the same to the bit with and without it. Values
stay on the device in a ring, squares summed in float64, and cross in one copy per flush.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from builder.modules.blocks.highway import HighwayModule
from builder.modules.network import NetworkModule
from builder.training.device import sum_type
from builder.training.layout import FlatLayout
from builder.training.segment_sums import SegmentSums
from builder.workspace.rows import ABSENT

PROBE_EVERY = 10
"""Steps from one probe to the next; docs/architecture.md has what a probe costs."""
GATE_EDGES = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
"""Between which gates are counted, finer at both ends: the papers' gate biases of -1 to -10 begin at 0.27 to 0.00005.
Shares of bins, unlike quantiles, may be averaged over steps."""
NUM_GATE_BINS = len(GATE_EDGES) + 1


@dataclass(slots=True)
class _Row:
    """One probe on the host.

    Attributes:
        row: Of the recorder, since its last flush.
        mask: Which stochastic-depth copies took part.
        frozen: Indices of the frozen groups.
        num_activations: Entries of each block's output, `[blocks]`.
        num_gates: Entries of each highway block's gate, `[gates]`.
    """

    row: int
    mask: list[bool]
    frozen: frozenset[int]
    num_activations: list[int]
    num_gates: list[int]


class Probes:
    """Measures a step's forward pass and update, where asked.

    Attributes:
        scalars: Quantity and subject of what `flush` gives first, in its order.
        profiles: The same of what follows.
    """

    def __init__(self, network: NetworkModule, layout: FlatLayout, sums: SegmentSums, capacity: int) -> None:
        self._layout = layout
        self._sums = sums
        self._blocks = network.blocks
        self._gated = [block for block in network.blocks if isinstance(block, HighwayModule)]
        device = layout.values.device
        self._type = sum_type(device)
        self._before = torch.empty_like(layout.values)
        self._after = torch.empty_like(layout.values)
        self._stretches = [
            flat[segment.start : segment.stop] for flat in (self._before, self._after) for segment in layout.segments
        ]
        # Norms of activations; of each gate its sum and its counts; norms of the weights and of their change.
        widths = [len(self._blocks), len(self._gated) * (1 + NUM_GATE_BINS), len(self._stretches)]
        self._ring = torch.zeros(capacity, sum(widths), dtype=self._type, device=device)
        self._parts = [list(part) for part in self._ring.split(widths, dim=1)]
        self._edges = torch.tensor(GATE_EDGES, device=device)
        self._rows: list[_Row] = []
        profiles = [("update_ratio", address) for address in sums.blocks]
        profiles += [("activation_rms", block.address) for block in self._blocks]
        profiles += [("gate_mean", block.address) for block in self._gated]
        profiles += [(f"gate_share_{place}", block.address) for block in self._gated for place in range(NUM_GATE_BINS)]
        self.scalars = tuple(("update_ratio", name) for name in sums.groups)
        self.profiles = tuple(profiles)

    @contextmanager
    def watch_forward(self, row: int, mask: list[bool]) -> Iterator[None]:
        """Measures the outputs of blocks and gates while the network runs; a new probe.

        Args:
            row: Of the recorder, since its last flush.
            mask: Which stochastic-depth copies take part.
        """
        norms: list[Tensor] = []
        gates: list[Tensor] = []
        probe = _Row(row, mask, self._layout.frozen, [], [])

        def measure_block(module: nn.Module, inputs: object, y: Tensor) -> None:
            # At once, before a later layer may overwrite it.
            norms.append(torch.linalg.vector_norm(y.detach(), dtype=self._type))
            probe.num_activations.append(y.numel())

        def measure_gate(module: nn.Module, inputs: object, y: Tensor) -> None:
            gate = torch.sigmoid(y.detach()).flatten()
            gates.append(gate.sum(dtype=self._type)[None])
            gates.append(count_gates(gate.float(), self._edges).to(self._type))
            probe.num_gates.append(len(gate))

        with ExitStack() as hooks:
            for block in self._blocks:
                hooks.callback(block.register_forward_hook(measure_block).remove)
            for block in self._gated:
                hooks.callback(block.gate.register_forward_hook(measure_gate).remove)
            yield
        place = len(self._rows)
        if norms:
            torch.stack(norms, out=self._parts[0][place])
        if gates:
            torch.cat(gates, out=self._parts[1][place])
        self._rows.append(probe)

    @contextmanager
    def watch_update(self) -> Iterator[None]:
        """Measures how far the optimizer moves the weights, for the newest probe."""
        self._before.copy_(self._layout.values)
        yield
        torch.sub(self._layout.values, self._before, out=self._after)
        norms = torch._foreach_norm(self._stretches, 2, dtype=self._type)  # pyright: ignore[reportPrivateImportUsage]
        torch.stack(list(norms), out=self._parts[2][len(self._rows) - 1])

    def flush(self) -> tuple[list[int], np.ndarray]:
        """The recorder's rows that were probed since the last flush, and their values.

        These are `[probes, scalars and profiles]`, float32. `ABSENT`: the ratio of weights that are all zero; that of
        what is frozen; that of a dropped copy whose weights rested.
        """
        rows, self._rows = self._rows, []
        values = self._ring[: len(rows)].cpu().numpy().astype(np.float64)
        num_blocks, num_gated = len(self._blocks), len(self._gated)
        num_activations = np.array([probe.num_activations for probe in rows]).reshape(len(rows), num_blocks)
        num_gates = np.array([probe.num_gates for probe in rows]).reshape(len(rows), num_gated, 1)
        norms, gates, moved = np.split(values, [num_blocks, num_blocks + num_gated * (1 + NUM_GATE_BINS)], axis=1)
        gates = gates.reshape(len(rows), num_gated, 1 + NUM_GATE_BINS) / num_gates
        before, change = np.split(moved**2, 2, axis=1)
        by_group = _ratio(self._sums.by_group(change), self._sums.by_group(before))
        by_block = _ratio(self._sums.by_block(change), self._sums.by_block(before))
        absent = self._sums.absent([probe.mask for probe in rows], [probe.frozen for probe in rows])
        for ratios, rests in zip((by_group, by_block), absent, strict=True):
            ratios[rests & (ratios == 0)] = ABSENT
        # Of a gate that is no number nothing can be counted.
        shares = np.where(np.isfinite(gates[:, :, :1]), gates[:, :, 1:], np.nan)
        shares = shares.reshape(len(rows), num_gated * NUM_GATE_BINS)
        forward = np.hstack([norms / np.sqrt(num_activations), gates[:, :, 0], shares]).astype(np.float32)
        return [probe.row for probe in rows], np.hstack([by_group, by_block, forward])


def count_gates(gate: Tensor, edges: Tensor) -> Tensor:
    """How many entries lie in each bin, an edge in the upper one, `[bins]`; without a sync on a device.

    Args:
        gate: `[entries]`, float32, in [0, 1].
        edges: Inner edges of the bins, `[bins - 1]`, float32.
    """
    if gate.device.type == "cpu":
        # Faster than comparing; elsewhere it would wait for the device.
        return torch.bincount(torch.bucketize(gate, edges, right=True), minlength=len(edges) + 1)
    below = (gate < edges[:, None]).sum(1)  # [bins - 1]
    return torch.diff(below, prepend=below.new_zeros(1), append=below.new_full((1,), len(gate)))


def _ratio(change: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Square roots of `change / before`, float32; absent where `before` is zero."""
    found = np.sqrt(np.divide(change, before, out=np.zeros_like(change), where=before != 0)).astype(np.float32)
    found[before == 0] = ABSENT
    return found
