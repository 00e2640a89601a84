"""All finders, and one evaluation seen by those of a run."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from torch import Tensor

from builder.data.dataset import Dataset
from builder.modules.blocks.highway import HighwayModule
from builder.modules.network import NetworkModule
from builder.spec.training import LossSpec, TrainingSpec
from builder.training.findings.boundary import Boundary
from builder.training.findings.class_gates import ClassGates
from builder.training.findings.filters import find_filters
from builder.training.findings.finder import Finder, Judged, join, judge
from builder.training.findings.mistakes import Mistakes
from builder.workspace.rows import Arrays


def finders_of(network: NetworkModule, data: Dataset, training: TrainingSpec) -> list[Finder]:
    """Those that have something to find in this network on this data."""
    finders: list[Finder] = [Mistakes(data, training.loss)]
    if data.shape == (2,):
        finders.append(Boundary(data, training))
    if filters := find_filters(network, data.shape):
        finders.append(filters)
    if any(isinstance(block, HighwayModule) for block in network.blocks):
        finders.append(ClassGates(network, data, training.loss))
    return finders


class Look:
    """One evaluation as the finders see it; `watch` it, `take` each batch, then `found`."""

    def __init__(self, finders: Sequence[Finder], loss: LossSpec) -> None:
        self._finders = finders
        self._loss = loss
        self._judged: list[Judged] = []

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Held while batches go through the network."""
        with ExitStack() as watching:
            for finder in self._finders:
                watching.enter_context(finder.watch())
            yield

    def take(self, logits: Tensor, targets: Tensor) -> None:
        """The next batch, logits `[batch, classes]` and targets `[batch]`."""
        self._judged.append(judge(self._loss, logits, targets))

    def found(self, network: NetworkModule) -> dict[str, Arrays]:
        """Arrays by kind, the network still in evaluation mode."""
        judged = join(self._judged)
        return {finder.kind: finder.find(network, judged) for finder in self._finders}
