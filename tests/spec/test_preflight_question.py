"""An edit that changes nothing of the first step asks nothing; one that does asks anew."""

import pytest

from builder.spec import analyse, load_experiment, parse_experiment, with_value
from builder.spec.preflight_question import is_quick, question
from builder.spec.presets.registry import PRESETS

SAME = {
    "name": "another",
    "notes": "Words.",
    "groups.0.learning_rate": 0.7,
    "groups.0.name": "another",
    "training.duration.epochs": 3,
    "training.keep": "best_validation",
}
OTHER = {
    "training.seed": 7,
    "training.batch_size": 32,
    "training.precision": "bf16",
    "training.device": "cuda",
    "data.validation_fraction": 0.2,
    "network.init": {"kind": "xavier"},
}


@pytest.mark.parametrize("path", SAME)
def test_names_colours_rates_and_times_are_one_question(path: str) -> None:
    experiment = load_experiment("digits-residual")
    edited = with_value(experiment, path, SAME[path])
    assert edited != experiment
    assert question(edited) == question(experiment)


@pytest.mark.parametrize("path", OTHER)
def test_what_the_first_step_depends_on_is_another_question(path: str) -> None:
    experiment = load_experiment("digits-residual")
    assert question(with_value(experiment, path, OTHER[path]))[0] != question(experiment)[0]


def test_each_preset_has_a_question_of_its_own_that_can_be_read() -> None:
    asked = {name: question(preset.experiment()) for name, preset in PRESETS.items()}
    for name, (_, document) in asked.items():
        assert parse_experiment(document).network == PRESETS[name].experiment().network
    assert asked["digits-plain-50"][0] != asked["digits-plain-50-he"][0]


@pytest.mark.parametrize(
    ("name", "expected"), [("digits-plain-50", True), ("cifar-resnet-20", True), ("cifar-resnet-110", False)]
)
def test_nets_that_would_keep_a_processor_busy_after_each_edit_are_not_asked_about(name: str, expected: bool) -> None:
    experiment = load_experiment(name)
    num_macs = analyse(experiment).num_macs
    assert is_quick(experiment, num_macs) is expected
    assert is_quick(with_value(experiment, "training.device", "cuda:0"), num_macs)
