"""Studies, presets and comparisons hang together."""

import pytest

from builder.spec.datasets import DATASETS
from builder.spec.presets.registry import DEFAULT_PRESET, PRESETS, STUDIES, STUDY_OF

COMPARISONS = [(study, comparison) for study in STUDIES.values() for comparison in study.comparisons]


def test_every_preset_is_of_one_study_and_no_name_is_used_twice():
    names = [preset.name for study in STUDIES.values() for preset in study.presets]
    assert len(names) == len(set(names))
    assert set(PRESETS) == set(STUDY_OF) == set(names)
    assert DEFAULT_PRESET in PRESETS


@pytest.mark.parametrize("study", STUDIES.values(), ids=lambda study: study.name)
def test_a_study_says_what_it_is_where_it_comes_from_and_what_to_watch(study):
    assert study.title
    assert study.source
    assert study.story.endswith(".")
    assert study.watch
    assert study.presets


@pytest.mark.parametrize(("study", "comparison"), COMPARISONS, ids=lambda each: each.name)
def test_a_comparison_trains_presets_of_its_study_on_the_same_seed_and_batches(study, comparison):
    assert len(comparison.presets) >= 2
    assert {STUDY_OF[name] for name in comparison.presets} == {study}
    experiments = [PRESETS[name].experiment() for name in comparison.presets]
    for part in (
        lambda each: each.training.seed,
        lambda each: each.training.batch_size,
        lambda each: each.data.dataset,
    ):
        assert len({part(experiment) for experiment in experiments}) == 1


@pytest.mark.parametrize("name", [preset.sibling for preset in PRESETS.values() if preset.sibling])
def test_a_sibling_needs_no_download(name):
    sibling = PRESETS[name]
    assert DATASETS[sibling.experiment().data.dataset].embedded
