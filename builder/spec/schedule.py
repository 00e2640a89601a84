"""The learning rate over time, as a factor on every group's base rate."""

from math import cos, pi

from builder.spec.training import (
    ConstantSchedule,
    CosineSchedule,
    OneCycleSchedule,
    ScheduleSpec,
    StepSchedule,
    TrainingSpec,
)


def half_cosine(start: float, end: float, fraction: float) -> float:
    """From `start` at fraction 0 to `end` at fraction 1 along half a cosine."""
    return end + (start - end) * (1.0 + cos(pi * fraction)) / 2.0


def shape_factor(schedule: ScheduleSpec, step: int, num_steps: int, steps_per_epoch: int) -> float:
    """The schedule's own factor at step `step` = 0 ... num_steps - 1, without warm-up."""
    fraction = step / max(num_steps - 1, 1)
    match schedule:
        case ConstantSchedule():
            return 1.0
        case StepSchedule():
            passed = sum(step >= milestone.in_steps(steps_per_epoch) for milestone in schedule.milestones)
            return schedule.factor**passed
        case CosineSchedule():
            return half_cosine(1.0, schedule.final_factor, fraction)
        case OneCycleSchedule():
            rising = schedule.rising_fraction
            if fraction < rising:
                return half_cosine(schedule.initial_factor, 1.0, fraction / rising)
            return half_cosine(1.0, schedule.final_factor, (fraction - rising) / (1.0 - rising))


def warmup_share(training: TrainingSpec, step: int, steps_per_epoch: int) -> float:
    """The warm-up's own factor: a line up to 1, or a constant and then 1."""
    warmup_steps = training.warmup.in_steps(steps_per_epoch)
    if step >= warmup_steps:
        return 1.0
    return training.warmup_factor or (step + 1) / (warmup_steps + 1)


def learning_rate_factor(training: TrainingSpec, step: int, num_steps: int, steps_per_epoch: int) -> float:
    """What multiplies every base rate in the step after `step` finished ones.

    Args:
        training: The schedule and the warm-up.
        step: Number of finished steps, 0 ... num_steps - 1.
        num_steps: Length of the run in steps.
        steps_per_epoch: Steps of one epoch.
    """
    return warmup_share(training, step, steps_per_epoch) * shape_factor(
        training.schedule, step, num_steps, steps_per_epoch
    )


def schedule_curve(
    training: TrainingSpec, num_steps: int, steps_per_epoch: int, max_points: int = 160
) -> list[tuple[int, float]]:
    """`(step, factor)` of the whole run, for the preview: both ends, both sides of a milestone and of the warm-up's end."""
    last = num_steps - 1
    chosen = {round(index * last / (max_points - 1)) for index in range(max_points)}
    warmup_steps = training.warmup.in_steps(steps_per_epoch)
    chosen |= {warmup_steps - 1, warmup_steps}
    if isinstance(training.schedule, StepSchedule):
        for milestone in training.schedule.milestones:
            step = milestone.in_steps(steps_per_epoch)
            chosen |= {step - 1, step}
    return [
        (step, learning_rate_factor(training, step, num_steps, steps_per_epoch))
        for step in sorted(chosen)
        if 0 <= step <= last
    ]
