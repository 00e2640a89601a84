"""What keeps a valid document from being trained, or is probably not meant, apart from its shapes."""

from builder.spec.data import data_problems
from builder.spec.experiment import Experiment
from builder.spec.layers.norm import NormLayer
from builder.spec.network import walk
from builder.spec.plan import Plan
from builder.spec.problems import Problem
from builder.spec.shapes import num_entries


def document_problems(
    experiment: Experiment, plan: Plan, num_train: int, num_parameters: int, num_frozen: int
) -> list[Problem]:
    """What keeps the document from being trained although every shape fits.

    Args:
        experiment: The document.
        plan: Its unrolled network.
        num_train: Samples of the training part.
        num_parameters: All parameters, frozen ones too.
        num_frozen: Parameters of frozen groups.
    """
    problems = [Problem(None, path, message) for path, message in data_problems(experiment.data)]
    problems += _batch_problems(experiment, plan, num_train)
    for index, group in enumerate(experiment.groups):
        first, last = group.rule.depth_from, group.rule.depth_to
        if first is not None and last is not None and first > last:
            problems.append(
                Problem(
                    None,
                    f"groups.{index}.rule.depth_to",
                    f"Group “{group.name}” goes from depth {first} to depth {last}, so it takes nothing. "
                    f"Set the last depth to {first} or more.",
                )
            )
    if plan.problems:
        return problems
    if num_parameters == 0:
        problems.append(
            Problem(None, "network.items", "The tower has no parameters, so nothing can learn. Add a linear layer.")
        )
    elif num_parameters == num_frozen:
        problems.append(Problem(None, "groups", "Every group is frozen, so nothing can learn. Unfreeze one."))
    return problems


def document_warnings(experiment: Experiment) -> list[Problem]:
    """What is allowed, but probably not meant."""
    warnings: list[Problem] = []
    known = {item.id for item in walk(experiment.network.items)}
    for index, group in enumerate(experiment.groups):
        missing = [name for name in group.rule.items if name not in known]
        if missing:
            listed = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
            warnings.append(
                Problem(
                    None,
                    f"groups.{index}.rule.items",
                    f"Group “{group.name}” names {listed}, which the network does not have. Remove what is gone.",
                )
            )
    if all(group.frozen or group.learning_rate == 0.0 for group in experiment.groups):
        warnings.append(
            Problem(None, "groups", "Every learning rate is 0, so nothing changes until you raise one in the mixer.")
        )
    return warnings


def _batch_problems(experiment: Experiment, plan: Plan, num_train: int) -> list[Problem]:
    training = experiment.training
    if training.drop_last and num_train < training.batch_size:
        return [
            Problem(
                None,
                "training.batch_size",
                f"The batch size is {training.batch_size} but the training part has only {num_train} samples, and the "
                "incomplete last batch is dropped. Use a smaller batch or keep the last batch.",
            )
        ]
    if not _has_norm_without_variance(plan):
        return []
    if training.batch_size == 1:
        return [
            Problem(
                None,
                "training.batch_size",
                "Batch norm has no variance over a batch of one sample. Use a batch size of at least 2, or layer norm.",
            )
        ]
    if not training.drop_last and num_train % training.batch_size == 1:
        return [
            Problem(
                None,
                "training.drop_last",
                f"{num_train} samples in batches of {training.batch_size} leave a last batch of one sample, and batch norm "
                "has no variance there. Drop the last batch or change the batch size by one.",
            )
        ]
    return []


def _has_norm_without_variance(plan: Plan) -> bool:
    """Whether some batch norm sees a single value per channel and sample: on an image the pixels give a variance."""
    return any(
        isinstance(plan.layer, NormLayer) and plan.layer.method == "batch" and num_entries(plan.in_shape[1:]) == 1
        for plan in plan.layers()
    )
