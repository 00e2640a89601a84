"""What looks at an evaluation, and what of each sample it may look at."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from builder.modules.network import NetworkModule
from builder.spec.training import LossSpec
from builder.training.losses import class_scores, sample_losses
from builder.workspace.rows import Arrays


@dataclass(frozen=True, slots=True)
class Judged:
    """How the network did on each sample of a split, in its order; on its device.

    Attributes:
        targets: `[samples]`, the true class.
        predicted: `[samples]`, the class of the largest output.
        loss: `[samples]`, float32.
        score: `[samples]`, the predicted class's softmax; for squared error its output.
        true_score: `[samples]`, the true class's.
    """

    targets: Tensor
    predicted: Tensor
    loss: Tensor
    score: Tensor
    true_score: Tensor

    def facts(self, samples: Tensor) -> dict[str, Tensor]:
        """Some of the samples, each with what charts say of it."""
        return {
            "sample": samples.to(torch.int32),
            "true": self.targets[samples].to(torch.int16),
            "predicted": self.predicted[samples].to(torch.int16),
            "loss": self.loss[samples],
            "score": self.score[samples],
            "true_score": self.true_score[samples],
        }


def judge(loss: LossSpec, logits: Tensor, targets: Tensor) -> Judged:
    """Of one batch: logits `[batch, classes]`, targets `[batch]`."""
    scores = class_scores(loss, logits)
    predicted = logits.argmax(1)
    score, true_score = scores.gather(1, torch.stack([predicted, targets], 1)).unbind(1)
    return Judged(targets, predicted, sample_losses(loss, logits, targets), score, true_score)


def join(batches: list[Judged]) -> Judged:
    """Batches one after another."""
    names = Judged.__slots__
    return Judged(*(torch.cat([getattr(batch, name) for batch in batches]) for name in names))


class Finder:
    """Looks at evaluations; draws nothing from a generator and changes nothing.

    Attributes:
        kind: Under which `run.db` keeps what it finds.
    """

    kind: ClassVar[str]

    def watch(self) -> AbstractContextManager[object]:
        """Held while the split goes through the network."""
        return nullcontext()

    def find(self, network: NetworkModule, judged: Judged) -> Arrays:
        """After the last batch, the network still in evaluation mode: arrays on the host by name."""
        raise NotImplementedError
