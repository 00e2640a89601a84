"""Every field of the document explains and bounds itself: forms are drawn from nothing else."""

import pytest
from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel

from builder.spec import DocumentError, Experiment
from builder.spec.blocks.registry import BLOCKS
from builder.spec.document import validate_experiment
from builder.spec.layers.registry import LAYERS
from builder.spec.network import Repeat


def models_within(model):
    """`model` and every model that its fields mention, however deep."""
    found, waiting = {}, [model]
    while waiting:
        current = waiting.pop()
        if isinstance(current, type) and issubclass(current, BaseModel):
            if current in found:
                continue
            found[current] = None
            waiting.extend(field.annotation for field in current.model_fields.values())
        else:
            waiting.extend(getattr(current, "__args__", ()))
    return list(found)


MODELS = list(
    dict.fromkeys(
        one for root in (Experiment, Repeat, *BLOCKS.values(), *LAYERS.values()) for one in models_within(root)
    )
)
FIELDS = [
    pytest.param(model, name, id=f"{model.__name__}.{name}")
    for model in MODELS
    for name in model.model_fields
    if name != "kind"
]


def schema_of(model):
    """JSON schemas of the model's fields."""
    schema = model.model_json_schema()
    return (schema["$defs"][model.__name__] if "$ref" in schema else schema)["properties"]


def numbers_in(schema):
    """Parts of a field's JSON schema that take a number."""
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if part.get("type") in {"integer", "number"} and "const" not in part and "enum" not in part:
            yield part
        waiting.extend(part.get("anyOf", ()))
        waiting.extend(part.get("oneOf", ()))
        if isinstance(part.get("items"), dict):
            waiting.append(part["items"])


def test_the_models_of_the_whole_document_are_looked_at():
    names = {model.__name__ for model in MODELS}
    assert {"Experiment", "DataSpec", "TrainingSpec", "GroupSpec", "Rule", "LinearDecay", "HeInit", "Time"} <= names
    assert len(FIELDS) > 100


@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_a_field_has_a_title_and_a_help_that_says_more(model, name):
    field = model.model_fields[name]
    assert field.title
    assert field.title[0].isupper()
    assert field.description
    assert field.description.rstrip(".").lower() != field.title.lower()
    assert field.description.endswith(".")


@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_a_number_has_bounds_on_both_sides(model, name):
    schema = schema_of(model)[name]
    for part in numbers_in(schema):
        assert {"minimum", "exclusiveMinimum"} & set(part), part
        assert {"maximum", "exclusiveMaximum"} & set(part), part


@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_a_list_has_an_end(model, name):
    schema = schema_of(model)[name]
    if schema.get("type") == "array":
        assert schema["maxItems"] <= 2_000


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_is_frozen_and_refuses_unknown_keys_and_infinities(model):
    config = model.model_config
    assert config["frozen"]
    assert config["extra"] == "forbid"
    assert config["allow_inf_nan"] is False


@pytest.mark.parametrize("kind", [*BLOCKS, *LAYERS])
def test_a_kind_says_what_it_is(kind):
    model = {**BLOCKS, **LAYERS}[kind]
    assert model.model_fields["kind"].default == kind
    assert model.title
    assert model.sentence.endswith(".")
    assert model.formula
    assert model.__doc__


@pytest.mark.parametrize("kind", BLOCKS)
def test_kinds_of_blocks_differ_in_colour_and_in_form(kind):
    others = [block for name, block in BLOCKS.items() if name != kind]
    for name in ("colour", "symbol", "glyph", "title", "formula"):
        assert getattr(BLOCKS[kind], name) not in {getattr(other, name) for other in others}


def bounded_fields():
    """Every bounded number of every kind of block and layer, with values just outside."""
    for kind, model in {**BLOCKS, **LAYERS}.items():
        for name, field in model.model_fields.items():
            for bound in field.metadata:
                if isinstance(bound, Ge | Gt):
                    yield kind, name, getattr(bound, "ge", getattr(bound, "gt", 0)) - 1
                if isinstance(bound, Le | Lt):
                    yield kind, name, getattr(bound, "le", getattr(bound, "lt", 0)) + 1
            if field.annotation in (int, float):
                yield from ((kind, name, value) for value in (float("nan"), float("inf"), -float("inf"), 10**30, "1"))


@pytest.mark.parametrize(("kind", "name", "value"), list(bounded_fields()))
def test_a_value_outside_the_bounds_is_refused_on_its_item(kind, name, value):
    item = {"kind": kind, "id": "i1", name: value}
    if kind in LAYERS and LAYERS[kind].shortcut_only:
        item = {"kind": "residual", "id": "i2", "shortcut": [item]}
    with pytest.raises(DocumentError) as caught:
        validate_experiment({"network": {"items": [item]}})
    (problem,) = caught.value.problems
    assert problem.item_id == "i1"
    assert problem.path.endswith(name)
