"""What is minimised."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from builder.spec.training import CrossEntropyLoss, LossSpec, SquaredErrorLoss

LossFunction = Callable[[Tensor, Tensor], Tensor]
"""Logits `[batch, classes]` and targets `[batch]` to a scalar, averaged over the batch."""


def sample_losses(spec: LossSpec, logits: Tensor, targets: Tensor) -> Tensor:
    """The loss of each sample, `[batch]`; their mean is what `build_loss` gives."""
    match spec:
        case CrossEntropyLoss(label_smoothing=label_smoothing):
            outputs = at_least_float32(logits)
            return functional.cross_entropy(outputs, targets, label_smoothing=label_smoothing, reduction="none")
        case SquaredErrorLoss():
            return squared_errors(logits, targets)


def scores_are_probabilities(spec: LossSpec) -> bool:
    """Whether `class_scores` are the softmax."""
    return isinstance(spec, CrossEntropyLoss)


def class_scores(spec: LossSpec, logits: Tensor) -> Tensor:
    """How sure the network is of each class, `[batch, classes]`: the softmax, or the outputs of a squared error's net."""
    outputs = at_least_float32(logits)
    return outputs.softmax(1) if scores_are_probabilities(spec) else outputs


def build_loss(spec: LossSpec) -> LossFunction:
    match spec:
        case CrossEntropyLoss(label_smoothing=label_smoothing):

            def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
                return functional.cross_entropy(at_least_float32(logits), targets, label_smoothing=label_smoothing)

            return cross_entropy
        case SquaredErrorLoss():
            return squared_error


def at_least_float32(outputs: Tensor) -> Tensor:
    """Outputs of autocast in float32; a network in float64 keeps its precision."""
    return outputs.to(torch.promote_types(outputs.dtype, torch.float32))


def squared_error(outputs: Tensor, targets: Tensor) -> Tensor:
    """1/2 sum over classes of (output - one-hot target)^2, averaged over the batch."""
    return 0.5 * _distances(outputs, targets).mean()


def squared_errors(outputs: Tensor, targets: Tensor) -> Tensor:
    """The same of each sample, `[batch]`."""
    return 0.5 * _distances(outputs, targets)


def _distances(outputs: Tensor, targets: Tensor) -> Tensor:
    one_hot = functional.one_hot(targets, outputs.shape[1])
    return (at_least_float32(outputs) - one_hot).square().sum(1)
