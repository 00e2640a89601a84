"""What of a document its preflight depends on: two documents with one question have one answer."""

import hashlib

from builder.spec.experiment import Experiment
from builder.spec.groups import GroupSpec
from builder.spec.training import TrainingSpec

_UNASKED = ("schedule", "warmup", "warmup_factor", "duration", "evaluate_every", "keep")
"""Fields of the training that change neither its first step nor how long one takes."""

MAX_MACS = 1e10
"""Of a batch's forward pass: more keeps a processor busy for tens of seconds after each edit, beside the runs that train."""


def is_quick(experiment: Experiment, num_macs: int) -> bool:
    """Whether a preflight after each edit is cheap enough; one with a GPU of its own name always is.

    Args:
        experiment: The document.
        num_macs: Multiply-adds of one sample, forward.
    """
    training = experiment.training
    return training.device.startswith("cuda") or num_macs * training.batch_size <= MAX_MACS


def question(experiment: Experiment) -> tuple[str, str]:
    """The question's key, and the document that asks it: names, colours, rates and times are as in a new one."""
    new = TrainingSpec()
    groups = tuple(
        GroupSpec(name=f"group {index}", rule=group.rule, frozen=group.frozen)
        for index, group in enumerate(experiment.groups)
    )
    training = experiment.training.model_copy(update={name: getattr(new, name) for name in _UNASKED})
    asked = experiment.model_copy(update={"name": "preflight", "notes": "", "groups": groups, "training": training})
    text = asked.model_dump_json()
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest(), text
