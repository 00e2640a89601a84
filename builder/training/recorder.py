"""What is recorded at every step: kept on the device in a ring, brought over in one copy per flush.

Per step only the loss, the logits and one norm per segment are written; accuracy, and norms per group and block copy,
are computed for all steps of a flush at once, on the host, in float64.
"""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from builder.modules.network import NetworkModule
from builder.spec.analysis import Analysis
from builder.training.device import sum_type
from builder.training.layout import FlatLayout
from builder.training.probes import PROBE_EVERY, Probes
from builder.training.segment_sums import SegmentSums
from builder.workspace.rows import ABSENT, Family, Series

MAX_ROWS = 512
LOGITS_BUDGET_BYTES = 32 << 20


class Recorder:
    """Collects rows of `series` between two flushes.

    Attributes:
        series: The columns: loss and accuracy, per group rate and norms, per block copy norm and whether it is alive,
            and what is probed every few steps.
        probes: What measures that.
        num_rows: Steps recorded since the last flush.
    """

    def __init__(
        self, network: NetworkModule, layout: FlatLayout, analysis: Analysis, batch_size: int, num_classes: int
    ) -> None:
        device = layout.values.device
        self._norm_type = sum_type(device)
        self.capacity = max(1, min(MAX_ROWS, LOGITS_BUDGET_BYTES // (4 * batch_size * num_classes)))
        self._losses = torch.zeros(self.capacity, device=device)
        self._norms = torch.zeros(self.capacity, len(layout.segments), dtype=self._norm_type, device=device)
        self._logits = torch.zeros(self.capacity, batch_size, num_classes, device=device)
        self._targets: list[Tensor] = []
        self._masks: list[list[bool]] = []
        self._rates: list[list[float]] = []
        self._frozen: list[frozenset[int]] = []
        self._loss_rows = list(self._losses)
        self._norm_rows = list(self._norms)
        self._layout = layout
        self._groups = [row.spec for row in analysis.groups]
        self._sums = SegmentSums(network, layout, analysis)
        self.probes = Probes(network, layout, self._sums, -(-self.capacity // PROBE_EVERY))
        self._set_columns(network)

    def _set_columns(self, network: NetworkModule) -> None:
        blocks = network.blocks
        self._stochastic = [blocks.index(block) for block in network.stochastic_blocks]
        scalars = [("loss", "train"), ("accuracy", "train")]
        scalars += [("learning_rate", group.name) for group in self._groups]
        scalars += [(quantity, name) for quantity in ("grad_norm", "grad_rms") for name in self._sums.groups]
        profiles = [("grad_norm", address) for address in self._sums.blocks]
        profiles += [("alive", blocks[block].address) for block in self._stochastic]
        self._num_columns = len(scalars) + len(profiles)
        parts: list[tuple[Family, int, Iterable[tuple[str, str]]]] = [
            ("scalar", 1, scalars),
            ("profile", 1, profiles),
            ("scalar", PROBE_EVERY, self.probes.scalars),
            ("profile", PROBE_EVERY, self.probes.profiles),
        ]
        series: list[Series] = []
        for family, every, part in parts:
            for quantity, subject in part:
                series.append(Series(id=len(series), quantity=quantity, subject=subject, family=family, every=every))
        self.series = tuple(series)

    @property
    def num_rows(self) -> int:
        return len(self._targets)

    @property
    def is_full(self) -> bool:
        return self.num_rows == self.capacity

    def record(self, loss: Tensor, logits: Tensor, targets: Tensor, mask: list[bool], rates: list[float]) -> None:
        """Keeps one step; call it after the backward pass and before clipping.

        Args:
            loss: Scalar.
            logits: `[batch, classes]`.
            targets: `[batch]`.
            mask: Which stochastic-depth copies took part.
            rates: Learning rate of each group in this step.
        """
        row = self.num_rows
        self._loss_rows[row].copy_(loss.detach())
        self._logits[row, : len(targets)].copy_(logits.detach())
        torch.stack(self.segment_norms(), out=self._norm_rows[row])
        self._targets.append(targets)
        self._masks.append(mask)
        self._rates.append(rates)
        self._frozen.append(self._layout.frozen)

    @property
    def newest_norms(self) -> Tensor:
        """Norm of each segment's gradient in the step recorded last, `[segments]`, float64 where the device has it."""
        return self._norm_rows[self.num_rows - 1]

    def segment_norms(self) -> list[Tensor]:
        """Euclidean norm of each segment's gradient, accumulated in float64 so that small squares do not vanish."""
        gradients = self._layout.segment_gradients
        return list(torch._foreach_norm(gradients, 2, dtype=self._norm_type))  # pyright: ignore[reportPrivateImportUsage]

    def flush(self) -> np.ndarray:
        """The rows since the last flush, `[steps, series]`, float32.

        `ABSENT`: the gradient of what is frozen or dropped, and what was not probed in this step.
        """
        num_rows = self.num_rows
        losses = self._losses[:num_rows].cpu().numpy().astype(np.float64)
        squares = self._norms[:num_rows].cpu().numpy().astype(np.float64) ** 2
        group_norms = np.sqrt(self._sums.by_group(squares))
        by_group = [
            norms.astype(np.float32) for norms in (group_norms, group_norms / np.sqrt(self._sums.num_group_entries))
        ]
        by_block = np.sqrt(self._sums.by_block(squares)).astype(np.float32)
        absent_groups, absent_blocks = self._sums.absent(self._masks, self._frozen)
        for norms in by_group:
            norms[absent_groups] = ABSENT
        by_block[absent_blocks] = ABSENT
        rows = np.full((num_rows, len(self.series)), ABSENT, dtype=np.float32)
        rows[:, : self._num_columns] = np.hstack(
            [
                losses[:, np.newaxis],
                self._accuracies(num_rows)[:, np.newaxis],
                np.array(self._rates).reshape(num_rows, len(self._groups)),
                *by_group,
                by_block,
                np.array(self._masks, dtype=np.float64).reshape(num_rows, len(self._stochastic)),
            ],
            dtype=np.float32,
            casting="same_kind",
        )
        probed, values = self.probes.flush()
        rows[probed, self._num_columns :] = values
        self._targets, self._masks, self._rates, self._frozen = [], [], [], []
        return rows

    def _accuracies(self, num_rows: int) -> np.ndarray:
        predicted = self._logits[:num_rows].argmax(2)
        found = np.empty(num_rows)
        widths = [len(targets) for targets in self._targets]
        for width in set(widths):
            rows = [row for row in range(num_rows) if widths[row] == width]
            targets = torch.stack([self._targets[row] for row in rows])
            taken = predicted if len(rows) == num_rows else predicted[rows]
            found[rows] = (taken[:, :width] == targets).sum(1).cpu().numpy() / width
        return found
