"""What keeps a document from being trained although its shapes fit."""

import pytest

from builder.spec import analyse
from builder.spec.document import validate_experiment
from builder.spec.recipes import conv, linear, norm

DENSE = [{"kind": "flatten"}, norm(), linear("classes")]
CONVOLUTIONAL = [conv(4), norm(), {"kind": "global_pool"}, linear("classes")]


def paths(items, num_train=100, **training):
    raw = {"network": {"items": items}, "data": {"num_train": num_train}, "training": training}
    return [problem.path for problem in analyse(validate_experiment(raw)).problems]


def test_a_batch_larger_than_the_training_part_needs_its_last_batch():
    assert paths(DENSE, num_train=10, batch_size=64) == ["training.batch_size"]
    assert paths(DENSE, num_train=10, batch_size=64, drop_last=False) == []


def test_batch_norm_of_vectors_needs_two_samples():
    assert paths(DENSE, batch_size=1) == ["training.batch_size"]
    assert paths(DENSE, batch_size=2) == []
    assert paths(DENSE, num_train=129, batch_size=64, drop_last=False) == ["training.drop_last"]
    assert paths(DENSE, num_train=129, batch_size=64) == []
    assert paths(DENSE, num_train=130, batch_size=64, drop_last=False) == []


@pytest.mark.parametrize(("batch_size", "num_train"), [(1, 100), (64, 129)])
def test_batch_norm_of_images_takes_its_variance_from_the_pixels(batch_size, num_train):
    assert paths(CONVOLUTIONAL, num_train, batch_size=batch_size, drop_last=False) == []
    one_pixel = [conv(4, 8, padding=0), norm(), {"kind": "global_pool"}, linear("classes")]
    assert len(paths(one_pixel, num_train, batch_size=batch_size, drop_last=False)) == 1


@pytest.mark.parametrize("change", [{"method": "layer"}, None])
def test_a_norm_that_is_not_over_the_batch_or_not_there_needs_nothing(change):
    items = [{"kind": "flatten"}, {**norm(), **(change or {})}, linear("classes")]
    if change is None:
        items[1] = {"kind": "residual", "body": [norm()], "bypassed": True}
    assert paths(items, batch_size=1) == []


def test_steps_follow_from_samples_batches_and_epochs():
    raw = {"network": {"items": DENSE}, "data": {"num_train": 130}}
    for drop_last, steps_per_epoch in ((True, 2), (False, 3)):
        training = {"batch_size": 64, "drop_last": drop_last, "duration": {"epochs": 2.5}}
        analysis = analyse(validate_experiment({**raw, "training": training}))
        assert analysis.steps_per_epoch == steps_per_epoch
        assert analysis.num_steps == round(2.5 * steps_per_epoch)
    assert analyse(validate_experiment({**raw, "training": {"duration": {"steps": 7}}})).num_steps == 7
    assert analyse(validate_experiment({**raw, "training": {"duration": {"epochs": 0.001}}})).num_steps == 1
