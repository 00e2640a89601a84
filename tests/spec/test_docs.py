"""The documentation mentions every kind and every field, with the default that the schema has."""

import json
import re
from pathlib import Path

import pytest

from builder.spec import analyse, dump_experiment, parse_experiment, with_value
from builder.spec.blocks.registry import BLOCKS
from builder.spec.experiment import Experiment
from builder.spec.groups import GroupSpec, Rule
from builder.spec.init import InitSpec
from builder.spec.layers.registry import LAYERS
from builder.spec.network import NetworkSpec, Repeat
from builder.spec.training import TrainingSpec

DOCS = Path(__file__).parents[2] / "docs"
BLOCKS_PAGE = (DOCS / "blocks.md").read_text(encoding="utf-8")
DOCUMENT_PAGE = (DOCS / "document.md").read_text(encoding="utf-8")
SHARED = {"id", "kind", "body", "shortcut", "activation", "bypassed", "parked"}
KINDS = {**BLOCKS, **LAYERS}
INITS = InitSpec.__args__[0].__args__


def section(kind):
    """The part of docs/blocks.md under the kind's own heading."""
    _, _, rest = BLOCKS_PAGE.partition(f"### `{kind}`\n")
    assert rest, f"docs/blocks.md has no heading for {kind}"
    return re.split(r"^#{2,3} ", rest, flags=re.MULTILINE)[0]


def defaults(text):
    """`field` and default of each row of a table."""
    return dict(re.findall(r"^\| `(\w+)` \| `([^|]*)` \|", text, flags=re.MULTILINE))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_formula_its_fields_and_their_defaults(kind):
    text = section(kind)
    assert re.search(r"^ {4}\S.*=", text, flags=re.MULTILINE), "a formula"
    fields = {name: field for name, field in KINDS[kind].model_fields.items() if name not in SHARED}
    written = defaults(text)
    assert set(written) == set(fields)
    for name, field in fields.items():
        default = field.default if not hasattr(field.default, "kind") else field.default.kind
        assert written[name] in {json.dumps(default), str(default)}, name


@pytest.mark.parametrize("kind", BLOCKS)
def test_each_block_that_comes_from_a_paper_names_it(kind):
    assert kind == "plain" or re.search(r"arXiv \d{4}\.\d{5}", section(kind))
    assert kind == "plain" or re.search(r"arXiv \d{4}\.\d{5}", BLOCKS[kind].__doc__ or "")


@pytest.mark.parametrize("name", sorted(SHARED - {"id", "kind"}))
def test_the_fields_of_all_blocks_are_explained_once(name):
    assert f"| `{name}` |" in BLOCKS_PAGE.partition("## Blocks")[2].partition("### `plain`")[0]


def test_repeats_and_inits_are_explained():
    assert {"times", "items"} == set(Repeat.model_fields) - SHARED
    assert defaults(BLOCKS_PAGE.partition("## Repeats")[2]).keys() >= {"times", "items"}
    for init in INITS:
        (row,) = re.findall(rf"^\| `{init.model_fields['kind'].default}` \|.*$", BLOCKS_PAGE, flags=re.MULTILINE)
        assert all(f"`{name}`" in row for name in init.model_fields if name != "kind")


@pytest.mark.parametrize("model", [Experiment, NetworkSpec, TrainingSpec, GroupSpec, Rule])
def test_each_key_of_the_document_is_mentioned(model):
    for name in model.model_fields:
        assert f"`{name}`" in DOCUMENT_PAGE, name


def test_the_example_is_a_document_that_can_be_trained():
    (text,) = re.findall(r"```json\n(.*?)```", DOCUMENT_PAGE, flags=re.DOTALL)
    experiment = parse_experiment(text)
    analysis = analyse(experiment)
    assert analysis.problems == []
    assert analysis.warnings == []
    assert [block.block.kind for block in analysis.plan.blocks] == [
        "highway",
        "residual",
        "residual",
        "stochastic_depth",
    ]
    assert "i6[1]/i7/body/i8.weight" in {one.placed.address for one in analysis.parameters}
    assert analysis.num_parameters == (
        (64 * 32 + 32) + 2 * (32 * 32 + 32) + 2 * (32 * 32 + 32 + 64) + (32 * 16 + 16 + 32 * 16) + (16 * 10 + 10)
    )
    assert parse_experiment(dump_experiment(experiment)) == experiment


def test_the_paths_of_the_page_can_be_set():
    (text,) = re.findall(r"```json\n(.*?)```", DOCUMENT_PAGE, flags=re.DOTALL)
    experiment = parse_experiment(text)
    settings = re.findall(r"`((?:training|groups|network)\.[\w.]+)=([\w.]+)`", DOCUMENT_PAGE)
    assert len(settings) == 4
    for path, value in settings:
        read = value if value.isalpha() else json.loads(value)
        assert with_value(experiment, path, read) != experiment


def test_an_empty_object_is_a_document_with_an_empty_tower():
    (problem,) = analyse(parse_experiment("{}")).problems
    assert "empty" in problem.message
