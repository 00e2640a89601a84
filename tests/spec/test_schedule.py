"""The learning rate over time, against the schedules' formulas written again."""

from math import cos, pi

import pytest

from builder.spec.schedule import learning_rate_factor, schedule_curve
from builder.spec.training import Time, TrainingSpec

NUM_STEPS, STEPS_PER_EPOCH = 101, 10


def factors(schedule, warmup=None, num_steps=NUM_STEPS):
    training = TrainingSpec.model_validate({"schedule": schedule, "warmup": warmup or {"steps": 0}})
    return [learning_rate_factor(training, step, num_steps, STEPS_PER_EPOCH) for step in range(num_steps)]


def test_constant_stays():
    assert factors({"kind": "constant"}) == [1.0] * NUM_STEPS


def test_steps_multiply_at_each_milestone_in_epochs_or_steps():
    milestones = [{"epochs": 3.0}, {"steps": 50}, {"epochs": 99.0}]
    found = factors({"kind": "step", "milestones": milestones, "factor": 0.5})
    assert found == [1.0] * 30 + [0.5] * 20 + [0.25] * (NUM_STEPS - 50)


def test_the_order_of_milestones_does_not_matter():
    milestones = [{"steps": 50}, {"steps": 20}, {"steps": 50}]
    assert factors({"kind": "step", "milestones": milestones}) == pytest.approx(
        [1.0] * 20 + [0.1] * 30 + [0.001] * (NUM_STEPS - 50)
    )


@pytest.mark.parametrize("final", [0.0, 0.1, 1.0])
def test_cosine_falls_from_one_to_the_final_share_at_the_last_step(final):
    expected = [final + (1 - final) * 0.5 * (1 + cos(pi * step / (NUM_STEPS - 1))) for step in range(NUM_STEPS)]
    found = factors({"kind": "cosine", "final_factor": final})
    assert found == pytest.approx(expected)
    assert (found[0], found[-1]) == pytest.approx((1.0, final))
    assert found[50] == pytest.approx((1 + final) / 2)


def test_one_cycle_rises_to_one_and_falls_to_the_end():
    found = factors({"kind": "one_cycle", "rising_fraction": 0.3, "initial_factor": 0.04, "final_factor": 0.01})
    rising = [0.04 + 0.96 * (1 - cos(pi * step / 30)) / 2 for step in range(30)]
    falling = [0.01 + 0.99 * (1 + cos(pi * step / 70)) / 2 for step in range(71)]
    assert found == pytest.approx(rising + falling)
    assert max(range(NUM_STEPS), key=found.__getitem__) == 30


@pytest.mark.parametrize("warmup", [{"steps": 4}, {"epochs": 0.4}])
def test_warmup_rises_in_equal_steps_and_meets_the_full_rate(warmup):
    assert factors({"kind": "constant"}, warmup)[:7] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0, 1.0, 1.0])


def test_warmup_at_a_factor_holds_it_and_then_jumps_to_the_full_rate():
    """He et al. 2015, section 4.2: 110 layers begin with a tenth of the rate for 400 steps."""
    training = TrainingSpec(warmup=Time(steps=400), warmup_factor=0.1)
    found = [learning_rate_factor(training, step, 64_000, 351) for step in (0, 200, 399, 400, 63_999)]
    assert found == [0.1, 0.1, 0.1, 1.0, 1.0]
    assert dict(schedule_curve(training, 64_000, 351)).items() >= {(399, 0.1), (400, 1.0)}


def test_a_factor_without_warmup_changes_nothing():
    assert learning_rate_factor(TrainingSpec(warmup_factor=0.1), 0, NUM_STEPS, STEPS_PER_EPOCH) == 1.0


def test_warmup_multiplies_the_schedule():
    cosine, warmed = factors({"kind": "cosine"}), factors({"kind": "cosine"}, {"steps": 9})
    assert warmed == pytest.approx([factor * min(1.0, (step + 1) / 10) for step, factor in enumerate(cosine)])


@pytest.mark.parametrize("kind", ["constant", "step", "cosine", "one_cycle"])
@pytest.mark.parametrize("num_steps", [1, 2, 3])
def test_very_short_runs_have_a_rate_too(kind, num_steps):
    assert all(0.0 <= factor <= 1.0 for factor in factors({"kind": kind}, num_steps=num_steps))


@pytest.mark.parametrize("kind", ["constant", "step", "cosine", "one_cycle"])
@pytest.mark.parametrize("num_steps", [1, 2, 159, 160, 161, 100_000])
def test_the_preview_is_the_schedule_itself_with_both_ends(kind, num_steps):
    training = TrainingSpec.model_validate({"schedule": {"kind": kind}})
    curve = schedule_curve(training, num_steps, STEPS_PER_EPOCH)
    steps = [step for step, _ in curve]
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, num_steps - 1)
    assert len(curve) <= 200
    assert all(factor == learning_rate_factor(training, step, num_steps, STEPS_PER_EPOCH) for step, factor in curve)


def test_the_preview_shows_where_a_short_warmup_ends():
    training = TrainingSpec.model_validate({"warmup": {"steps": 33}})
    curve = dict(schedule_curve(training, 100_000, 100))
    assert (curve[0], curve[33]) == (pytest.approx(1 / 34), 1.0)


def test_the_preview_shows_both_sides_of_a_milestone():
    training = TrainingSpec.model_validate({"schedule": {"kind": "step", "milestones": [{"steps": 33_333}]}})
    curve = dict(schedule_curve(training, 100_000, 100))
    assert (curve[33_332], curve[33_333]) == (1.0, pytest.approx(0.1))


@pytest.mark.parametrize(
    ("time", "steps"), [(Time(steps=7), 7), (Time(epochs=2.0), 20), (Time(epochs=0.26), 3), (Time(epochs=0.0), 0)]
)
def test_a_time_is_the_nearest_whole_number_of_steps(time, steps):
    assert time.in_steps(STEPS_PER_EPOCH) == steps
