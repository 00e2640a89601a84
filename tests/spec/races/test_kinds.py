"""Twins by kind, of towers that a person builds and of any."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.spec import dump_experiment, load_experiment, validate_experiment
from builder.spec.blocks.base import Block
from builder.spec.blocks.registry import BLOCKS
from builder.spec.network import walk
from builder.spec.races.kinds import kinds_of, with_kind
from soak.strategies import documents

SLOW_TO_DRAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_every_block_is_swapped_also_within_repeats():
    experiment = load_experiment("digits-four-kinds")
    assert kinds_of(experiment) == ("plain", "residual", "highway", "stochastic_depth")
    twin = with_kind(experiment, "residual")
    assert kinds_of(twin) == ("residual",)
    assert [item.id for item in walk(twin.network.items)] == [item.id for item in walk(experiment.network.items)]
    assert (twin.training, twin.data, twin.groups) == (experiment.training, experiment.data, experiment.groups)


@SLOW_TO_DRAW
@given(documents(), st.sampled_from(list(BLOCKS)), st.sampled_from(list(BLOCKS)))
def test_any_tower_of_one_kind_is_the_identical_document_after_swapping_there_and_back(raw, own, there):
    experiment = with_kind(validate_experiment(raw), own)
    twin = with_kind(experiment, there)
    assert {item.kind for item in walk(twin.network.items) if isinstance(item, Block)} <= {there}
    assert dump_experiment(with_kind(twin, own)) == dump_experiment(experiment)
    # What no schema has seen would be refused where the document is opened again.
    assert validate_experiment(twin.model_dump(mode="json")) == twin
