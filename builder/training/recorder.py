"""What is recorded at every step: kept on the device in a ring, brought over in one copy per flush.

Per step only the loss, the logits and one norm per segment are written; accuracy, and norms per group and block copy,
are computed for all steps of a flush at once, on the host, in float64.
"""

import numpy as np
import torch
from torch import Tensor

from builder.modules.network import NetworkModule
from builder.spec.analysis import Analysis
from builder.training.layout import FlatLayout
from builder.workspace.rows import ABSENT, Series

MAX_ROWS = 512
LOGITS_BUDGET_BYTES = 32 << 20


class Recorder:
    """Collects rows of `series` between two flushes.

    Attributes:
        series: The columns: loss and accuracy, per group rate and norms, per block copy norm and whether it is alive.
        num_rows: Steps recorded since the last flush.
        norm_type: What squares are accumulated in.
    """

    def __init__(
        self, network: NetworkModule, layout: FlatLayout, analysis: Analysis, batch_size: int, num_classes: int
    ) -> None:
        device = layout.values.device
        # mps has no float64; there the ring is float32, which norms of float32 gradients nearly always fit.
        self.norm_type = torch.float32 if device.type == "mps" else torch.float64
        self.capacity = max(1, min(MAX_ROWS, LOGITS_BUDGET_BYTES // (4 * batch_size * num_classes)))
        self._losses = torch.zeros(self.capacity, device=device)
        self._norms = torch.zeros(self.capacity, len(layout.segments), dtype=self.norm_type, device=device)
        self._logits = torch.zeros(self.capacity, batch_size, num_classes, device=device)
        self._targets: list[Tensor] = []
        self._masks: list[list[bool]] = []
        self._rates: list[list[float]] = []
        self._loss_rows = list(self._losses)
        self._norm_rows = list(self._norms)
        self._layout = layout
        self._groups = [row.spec for row in analysis.groups]
        self._set_columns(network, layout)

    def _set_columns(self, network: NetworkModule, layout: FlatLayout) -> None:
        segments = layout.segments
        entries = np.array([segment.num_entries for segment in segments], dtype=np.float64)
        self._trained_groups = sorted({segment.group for segment in segments})
        self._trained_blocks = sorted({segment.block for segment in segments} - {-1})
        self._group_starts = _first_of_each([segment.group for segment in segments])
        by_block = sorted((s for s in segments if s.block >= 0), key=lambda segment: segment.block)
        self._by_block = [segments.index(segment) for segment in by_block]
        self._block_starts = _first_of_each([segment.block for segment in by_block])
        self._group_entries = np.add.reduceat(entries, self._group_starts)
        blocks = network.blocks
        self._stochastic = [blocks.index(block) for block in network.stochastic_blocks]
        # Without a gradient when dropped: copies all of whose trained parameters are in the body.
        dropped_with = {block: {s.dropped_with for s in segments if s.block == block} for block in self._trained_blocks}
        self._absent_with = [
            (column, min(dropped_with[block]))
            for column, block in enumerate(self._trained_blocks)
            if min(dropped_with[block]) >= 0
        ]
        names = [self._groups[group].name for group in self._trained_groups]
        scalars = [("loss", "train"), ("accuracy", "train")]
        scalars += [("learning_rate", group.name) for group in self._groups]
        scalars += [(quantity, name) for quantity in ("grad_norm", "grad_rms") for name in names]
        profiles = [("grad_norm", blocks[block].address) for block in self._trained_blocks]
        profiles += [("alive", blocks[block].address) for block in self._stochastic]
        self.series = tuple(
            Series(
                id=index,
                quantity=quantity,
                subject=subject,
                family="scalar" if index < len(scalars) else "profile",
            )
            for index, (quantity, subject) in enumerate(scalars + profiles)
        )

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

    @property
    def newest_norms(self) -> Tensor:
        """Norm of each segment's gradient in the step recorded last, `[segments]`, float64 where the device has it."""
        return self._norm_rows[self.num_rows - 1]

    def segment_norms(self) -> list[Tensor]:
        """Euclidean norm of each segment's gradient, accumulated in float64 so that small squares do not vanish."""
        gradients = self._layout.segment_gradients
        return list(torch._foreach_norm(gradients, 2, dtype=self.norm_type))  # pyright: ignore[reportPrivateImportUsage]

    def flush(self) -> np.ndarray:
        """The rows since the last flush, `[steps, series]`, float32; `ABSENT` where a dropped copy has no gradient."""
        num_rows = self.num_rows
        losses = self._losses[:num_rows].cpu().numpy().astype(np.float64)
        squares = self._norms[:num_rows].cpu().numpy().astype(np.float64) ** 2
        # Sums over runs of neighbours: a product with a matrix of zeros and ones would spread one infinity over all.
        group_norms = np.sqrt(np.add.reduceat(squares, self._group_starts, axis=1))
        rows = np.column_stack(
            [
                losses,
                self._accuracies(num_rows),
                np.array(self._rates).reshape(num_rows, len(self._groups)),
                group_norms,
                group_norms / np.sqrt(self._group_entries),
                np.sqrt(np.add.reduceat(squares[:, self._by_block], self._block_starts, axis=1)),
                np.array(self._masks, dtype=np.float64).reshape(num_rows, len(self._stochastic)),
            ]
        ).astype(np.float32)
        first_block = len(rows[0]) - len(self._stochastic) - len(self._trained_blocks)
        for column, copy in self._absent_with:
            dropped = [row for row, mask in enumerate(self._masks) if not mask[copy]]
            rows[dropped, first_block + column] = ABSENT
        self._targets, self._masks, self._rates = [], [], []
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


def _first_of_each(values: list[int]) -> np.ndarray:
    """Where each run of equal neighbours begins."""
    return np.array([place for place, value in enumerate(values) if not place or value != values[place - 1]], dtype=int)
