"""The memory estimate's parts, by hand where arithmetic can say them."""

import pytest

from builder.spec import Experiment, analyse, with_value
from builder.spec.memory import EVALUATION_BATCH, RING_LOGITS_BYTES, RING_STEPS
from builder.spec.presets.numbering import network
from builder.spec.recipes import activation, linear
from builder.training import evaluation, recorder

NET = Experiment(network=network([{"kind": "flatten"}, linear(32), activation("gelu"), linear("classes")]))
NUM_PARAMETERS = 64 * 32 + 32 + 32 * 10 + 10


def memory(**fields):
    experiment = NET
    for path, value in fields.items():
        experiment = with_value(experiment, path.replace("__", "."), value)
    return analyse(experiment).memory


@pytest.mark.parametrize(
    ("optimizer", "numbers"),
    [
        ({"kind": "sgd", "momentum": 0.0}, 0),
        ({"kind": "sgd", "momentum": 0.9}, 1),
        ({"kind": "adam"}, 2),
        ({"kind": "adamw"}, 2),
        ({"kind": "rmsprop"}, 1),
        ({"kind": "rmsprop", "momentum": 0.5}, 2),
    ],
)
def test_weights_gradients_and_optimizer_state_are_floats_per_parameter(optimizer, numbers):
    found = memory(training__optimizer=optimizer)
    assert found.parameters == found.gradients == 4 * NUM_PARAMETERS
    assert found.optimizer == 4 * NUM_PARAMETERS * numbers


def test_frozen_parameters_have_room_for_a_gradient_since_they_may_thaw_and_no_state():
    found = memory(groups__0__frozen=True)
    assert (found.parameters, found.gradients, found.optimizer) == (4 * NUM_PARAMETERS, 4 * NUM_PARAMETERS, 0)


def test_activations_grow_with_the_batch_and_cover_what_the_layers_keep():
    small, large = memory(training__batch_size=32), memory(training__batch_size=320)
    assert large.activations == 10 * small.activations
    kept_per_sample = 64 + 32 + 32
    assert small.activations >= 4 * 32 * kept_per_sample


def test_the_data_are_counted_as_floats_on_the_device():
    assert memory().data == 4 * 64 * (1437 + 360)
    assert memory(data__num_train=100).data < memory().data


def test_a_deeper_tower_never_needs_less():
    sizes = []
    for times in (1, 2, 4, 8):
        block = {"kind": "residual", "body": [linear(32), activation()], "activation": "relu"}
        tower = [
            {"kind": "flatten"},
            linear(32),
            {"kind": "repeat", "times": times, "items": [block]},
            linear("classes"),
        ]
        sizes.append(analyse(Experiment(network=network(tower))).memory.total)
    assert sizes == sorted(set(sizes))


def test_a_temporary_gradient_of_the_largest_weight_stands_beside_the_others():
    found = memory(training__optimizer={"kind": "sgd", "momentum": 0.0}, training__batch_size=2048)
    assert found.temporary == 4 * 64 * 32


def test_keeping_the_best_weights_costs_a_copy_of_them():
    kept = memory(training__keep="best_validation").recording - memory().recording
    assert kept == 4 * NUM_PARAMETERS


def test_the_recorder_s_ring_is_bounded():
    small, large = memory(training__batch_size=16), memory(training__batch_size=4096)
    assert small.recording == 512 * (4 + 4 * 16 * 10 + 8)
    assert large.recording <= 33 << 20


def test_the_trainer_s_own_bounds_are_those_of_the_estimate():
    assert (RING_STEPS, RING_LOGITS_BYTES) == (recorder.MAX_ROWS, recorder.LOGITS_BUDGET_BYTES)
    assert EVALUATION_BATCH == (evaluation.SMALLEST_BATCH, evaluation.LARGEST_BATCH)
