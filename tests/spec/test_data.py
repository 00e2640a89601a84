"""The document's data part: bounds, sizes, and problems that say what to do."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from builder.spec.data import AugmentationSpec, DataSpec, data_problems, split_sizes
from builder.spec.datasets import DATASETS

IMAGES = [name for name, facts in DATASETS.items() if len(facts.shape) == 3]
TOYS = [name for name, facts in DATASETS.items() if len(facts.shape) == 1]
ALL_ON = {"horizontal_flip": True, "crop_padding": 2, "rotation_degrees": 10.0, "shift_fraction": 0.1}


@pytest.mark.parametrize("name", DATASETS)
def test_the_default_of_every_set_is_sound_and_survives_json(name):
    spec = DataSpec(dataset=name)
    assert data_problems(spec) == []
    assert DataSpec.model_validate_json(spec.model_dump_json()) == spec


def test_digits_are_split_as_documented():
    assert split_sizes(DataSpec()) == (1221, 216, 360)
    assert split_sizes(DataSpec(dataset="mnist", validation_fraction=1 / 6)) == (50_000, 10_000, 10_000)
    assert split_sizes(DataSpec(dataset="cifar-10", validation_fraction=0.1)) == (45_000, 5_000, 10_000)


@given(st.sampled_from(list(DATASETS)), st.floats(0.01, 0.5), st.integers(20, 5000), st.none() | st.integers(1, 9000))
def test_no_part_is_empty_and_none_is_larger_than_there_is(name, fraction, num_samples, num_train):
    spec = DataSpec(dataset=name, validation_fraction=fraction, num_samples=num_samples, num_train=num_train)
    sizes = split_sizes(spec)
    assert min(sizes) >= 1
    assert sizes[0] + sizes[1] <= (DATASETS[name].num_train or num_samples)
    assert (data_problems(spec) == []) == (num_train is None or num_train == sizes[0])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dataset", "imagenet"),
        ("validation_fraction", 0.0),
        ("validation_fraction", 0.51),
        ("validation_fraction", float("nan")),
        ("num_train", 0),
        ("num_train", 10**12),
        ("num_samples", 19),
        ("num_samples", 10**9),
        ("noise", -0.1),
        ("noise", float("inf")),
        ("normalization", "whiten"),
        ("augmentation", {"crop_padding": -1}),
        ("augmentation", {"crop_padding": 1.5}),
        ("augmentation", {"rotation_degrees": 181}),
        ("augmentation", {"shift_fraction": 0.6}),
        ("augmentation", {"shift_fraction": float("nan")}),
        ("augmentation", {"mixup": 1}),
        ("unknown", 1),
    ],
)
def test_a_value_out_of_bounds_is_refused_in_its_place(field, value):
    with pytest.raises(ValidationError) as caught:
        DataSpec.model_validate({field: value})
    assert caught.value.errors()[0]["loc"][0] == field


@pytest.mark.parametrize("name", TOYS)
def test_each_augmentation_of_points_is_a_problem_on_its_own_field(name):
    spec = DataSpec(dataset=name, augmentation=AugmentationSpec(**ALL_ON))
    problems = dict(data_problems(spec))
    assert set(problems) == {f"data.augmentation.{field}" for field in ALL_ON}
    assert all("(2,)" in message and "Turn it off" in message for message in problems.values())


@pytest.mark.parametrize("name", IMAGES)
def test_every_augmentation_of_images_is_sound(name):
    assert data_problems(DataSpec(dataset=name, augmentation=AugmentationSpec(**ALL_ON))) == []


def test_a_crop_that_could_be_all_padding_is_a_problem():
    padded = {
        padding: data_problems(DataSpec(augmentation=AugmentationSpec(crop_padding=padding))) for padding in (7, 8)
    }
    assert padded[7] == []
    [(path, message)] = padded[8]
    assert path == "data.augmentation.crop_padding"
    assert "at most 7 px" in message


@pytest.mark.parametrize(
    ("fields", "remedy"),
    [
        ({"num_train": 1222}, "lower the validation fraction"),
        ({"dataset": "moons", "num_train": 1276}, "raise the number of samples"),
    ],
)
def test_more_training_samples_than_there_are_is_a_problem(fields, remedy):
    [(path, message)] = data_problems(DataSpec(**fields))
    assert path == "data.num_train"
    assert remedy in message
    assert data_problems(DataSpec(**{**fields, "num_train": fields["num_train"] - 1})) == []


def test_every_field_explains_itself():
    def fields(model):
        for name, field in model.model_fields.items():
            yield name, field
            if field.annotation is AugmentationSpec:
                yield from fields(AugmentationSpec)

    for name, field in fields(DataSpec):
        assert field.title, name
        assert (field.description or "").endswith("."), name
    assert json.dumps(DataSpec.model_json_schema())
