"""The catalogue: JSON from which palette, cards and forms are drawn."""

import json
import re

import pytest

from builder.spec import analyse
from builder.spec.blocks.registry import BLOCKS
from builder.spec.catalogue import block_styles, catalogue
from builder.spec.document import validate_experiment
from builder.spec.layers.registry import LAYERS
from builder.spec.presets.numbering import number_items
from builder.spec.presets.registry import DEFAULT_PRESET, PRESETS
from builder.spec.recipes import RECIPES

HEADS = {
    "vector": [{"kind": "linear", "out_features": "classes"}],
    "image": [{"kind": "global_pool"}, {"kind": "linear", "out_features": "classes"}],
}
STEMS = {
    "vector": [{"kind": "flatten"}, {"kind": "linear", "out_features": 16}],
    "image": [{"kind": "conv", "out_channels": 16}],
}
KEEPING = {
    "vector": [{"kind": "linear", "out_features": 16}],
    "image": [{"kind": "conv", "out_channels": 16}],
}
HALVING = {"vector": [{"kind": "linear", "out_features": 32}], "image": [{"kind": "conv", "stride": 2}]}


def placed(recipe):
    """The recipe's layers with the width of the place filled in."""
    text = json.dumps(recipe.items).replace('"$features"', "16").replace('"$channels"', "16")
    return json.loads(text)


def problems_of(items):
    return analyse(validate_experiment({"network": {"items": items}})).problems


def test_it_is_json_that_does_not_change_under_way():
    assert json.loads(json.dumps(catalogue())) == catalogue()


def test_it_stays_small_without_the_pictures():
    bare = {**catalogue(), "datasets": [{**one, "preview": None} for one in catalogue()["datasets"]]}
    assert len(json.dumps(bare)) < 80_000


def test_it_holds_every_kind_with_its_schema():
    kinds = catalogue()["kinds"]
    assert set(kinds) == {*BLOCKS, *LAYERS, "repeat"}
    for kind, entry in kinds.items():
        assert re.fullmatch(r"#[0-9A-Fa-f]{6}", entry["colour"])
        assert entry["title"]
        assert entry["sentence"]
        assert set(entry["own_fields"]) <= set(entry["schema"]["properties"])
        assert not {"id", "body", "shortcut", "items", "parked", "bypassed"} & set(entry["schema"]["properties"]), kind


def test_every_placeholder_of_a_summary_is_a_field():
    for kind, entry in catalogue()["kinds"].items():
        for name in re.findall(r"{(\w+)}", entry["summary"]):
            assert name in entry["schema"]["properties"], (kind, name)


def test_every_reference_of_a_schema_leads_somewhere():
    entries = [entry["schema"] for entry in catalogue()["kinds"].values()]
    for schema in (*entries, *catalogue()["forms"].values()):
        for name in re.findall(r'"#/\$defs/([^"]+)"', json.dumps(schema)):
            assert name in schema["$defs"]


@pytest.mark.parametrize("kind", [*BLOCKS, *LAYERS, "repeat"])
def test_a_template_is_a_valid_new_item(kind):
    template = catalogue()["kinds"][kind]["template"]
    assert template["kind"] == kind
    assert "id" not in template
    item = template
    if kind in LAYERS and LAYERS[kind].shortcut_only:
        item = {"kind": "residual", "shortcut": [template]}
    (read,) = validate_experiment({"network": {"items": [item]}}).network.items
    written = read.model_dump(mode="json")
    written = written["shortcut"][0] if item is not template else written
    assert {name: value for name, value in written.items() if name != "id"} == template


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
@pytest.mark.parametrize("image", ["vector", "image"])
@pytest.mark.parametrize("kind", BLOCKS)
def test_a_recipe_gives_a_network_that_can_be_trained_where_it_fits(recipe, image, kind):
    if recipe.input not in (image, "any"):
        other = {"vector": "image", "image": "vector"}[image]
        assert recipe.input == other
        return
    block = {"kind": kind, "body": KEEPING[image], "shortcut": []}
    block[recipe.lane] = placed(recipe)
    if recipe.name in {"conv_pre_stride", "conv_pre_pool"}:
        assert [problem.item_id for problem in problems_of([*STEMS[image], block, *HEADS[image]])] == (
            ["i2"] * (kind != "plain")
        )
        block["shortcut"] = [{"kind": "match"}]
    assert problems_of([*STEMS[image], block, *HEADS[image]]) == []


@pytest.mark.parametrize("name", ["option_a", "option_b", "average_pad"])
@pytest.mark.parametrize("image", ["vector", "image"])
def test_the_shortcuts_that_change_the_shape_follow_a_body_that_does(name, image):
    recipe = next(recipe for recipe in RECIPES if recipe.name == name)
    body = json.loads(json.dumps(HALVING[image]).replace('"stride"', '"out_channels": 32, "stride"'))
    block = {"kind": "residual", "body": body, "shortcut": placed(recipe)}
    assert problems_of([*STEMS[image], block, *HEADS[image]]) == []


def test_each_input_has_one_default_body():
    for image in ("vector", "image"):
        bodies = [recipe for recipe in RECIPES if recipe.lane == "body" and recipe.input in (image, "any")]
        assert len([recipe for recipe in bodies if recipe.is_default]) == 1
    names = [recipe.name for recipe in RECIPES]
    assert len(set(names)) == len(names)


def test_the_charts_get_a_colour_and_a_form_for_each_kind():
    assert set(block_styles()) == set(BLOCKS)
    assert len({style["symbol"] for style in block_styles().values()}) == len(BLOCKS)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_can_be_trained_as_it_is(name):
    preset = PRESETS[name]
    experiment = preset.experiment()
    analysis = analyse(experiment)
    assert analysis.problems == []
    assert analysis.warnings == []
    assert experiment.name == name == preset.name
    assert preset.title
    assert preset.story
    assert preset.watch
    assert all(row.num_parameters for row in analysis.groups)


def test_the_default_preset_is_the_digits_and_needs_no_download():
    assert DEFAULT_PRESET == "digits-residual"
    assert PRESETS[DEFAULT_PRESET].experiment().data.dataset == "digits"


def test_items_written_by_hand_are_numbered_as_they_are_read():
    items, free = number_items([{"kind": "repeat", "items": [{"kind": "plain", "body": [{}], "shortcut": [{}]}]}, {}])
    (block,) = items[0]["items"]
    assert [items[0]["id"], block["id"], block["body"][0]["id"], block["shortcut"][0]["id"], items[1]["id"]] == [
        f"i{number}" for number in range(1, 6)
    ]
    assert free == 6
