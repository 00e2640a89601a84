"""Whatever document a person can write: it is read back equal, and analysed without an exception."""

import json
from dataclasses import asdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.spec import DocumentError, analyse, dump_experiment, parse_experiment
from builder.spec.blocks.registry import BLOCK_ADAPTER, BLOCKS, swap_kind
from builder.spec.datasets import DATASETS
from builder.spec.document import validate_edit, validate_experiment
from builder.spec.ids import fill_ids
from builder.spec.network import walk
from builder.spec.shapes import num_entries
from soak.strategies import blocks, documents, sound_documents

SLOW_TO_DRAW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["id", "kind", "items", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@SLOW_TO_DRAW
@given(documents())
def test_a_document_is_read_back_equal_and_as_the_same_text(raw):
    experiment = validate_experiment(raw)
    text = dump_experiment(experiment)
    again = parse_experiment(text)
    assert again == experiment
    assert dump_experiment(again) == text


def opened(read):
    """The experiment and None, or None and the problems."""
    try:
        return read(), None
    except DocumentError as error:
        return None, error.problems


def edited(raw, data):
    """The document as JSON has it, with a few of its tower's items changed, moved, copied, added or taken away."""
    after = validate_experiment(raw).model_dump(mode="json")
    items = after["network"]["items"]
    for _ in range(data.draw(st.integers(0, 3))):
        match data.draw(st.sampled_from(["take", "swap", "copy", "add", "spoil", "bypass"])):
            case "take" if items:
                items.pop(data.draw(st.integers(0, len(items) - 1)))
            case "swap" if items:
                items.insert(0, items.pop())
            case "copy" if items:
                items.append(json.loads(json.dumps(items[0])))
            case "add":
                items.append(data.draw(blocks()))
            case "spoil" if items:
                items[0][data.draw(st.sampled_from(["id", "kind", "items", "x"]))] = data.draw(ANYTHING)
            case "bypass" if items:
                items[-1]["bypassed"] = True
    if data.draw(st.booleans()):
        after["network"]["next_id"] = data.draw(st.one_of(st.integers(0, 5), st.just(10_000), ANYTHING))
    return after


def test_an_edit_of_a_value_to_an_equal_one_of_another_type_is_no_edit():
    before = validate_experiment({"network": {"items": [{"kind": "residual"}]}, "groups": [{"name": "all"}]})
    after = before.model_dump(mode="json")
    assert after["network"]["items"][0]["alpha"] == 1.0
    after["network"]["items"][0]["alpha"] = True
    assert dump_experiment(validate_edit(after, before)) == dump_experiment(before)


@SLOW_TO_DRAW
@given(documents(), st.data())
def test_an_edit_is_taken_and_analysed_as_if_nothing_had_been_before_it(raw, data):
    before = validate_experiment(raw)
    after = edited(raw, data)
    expected, problems = opened(lambda: validate_experiment(after))
    found, same_problems = opened(lambda: validate_edit(after, before))
    assert same_problems == problems
    assert found == expected
    if found is None or expected is None:
        return
    assert dump_experiment(found) == dump_experiment(expected)
    assert analyse(found, analyse(before)) == analyse(expected)


@SLOW_TO_DRAW
@given(documents())
def test_any_document_is_analysed_and_its_sums_agree(raw):
    experiment = validate_experiment(raw)
    analysis = analyse(experiment)
    tower = [analysis.items[item.id] for item in experiment.network.items]
    assert set(analysis.items) == {item.id for item in walk(experiment.network.items)}
    assert sum(row.num_parameters for row in tower) == analysis.num_parameters
    assert sum(row.num_macs for row in tower) == analysis.num_macs
    assert sum(group.num_parameters for group in analysis.groups) == analysis.num_parameters
    assert sum(group.num_tensors for group in analysis.groups) == len(analysis.parameters)
    assert sum(num_entries(one.placed.shape) for one in analysis.parameters) == analysis.num_parameters
    addresses = [one.placed.address for one in analysis.parameters]
    assert len(set(addresses)) == len(addresses)
    for row in analysis.items.values():
        assert min(row.num_parameters, row.num_macs, row.copies) >= 0
    memory = analysis.memory
    parts = asdict(memory).values()
    assert min(parts) >= 0
    assert memory.total == sum(parts)
    assert analysis.num_steps >= 1
    assert len(analysis.plan.depths) == len(analysis.plan.steps)
    depths = [block.depth for block in analysis.plan.blocks]
    assert depths == list(range(1, len(depths) + 1))
    for problem in (*analysis.problems, *analysis.warnings):
        assert problem.message
        assert problem.item_id is None or problem.item_id in analysis.items
        assert problem.item_id or problem.path


@SLOW_TO_DRAW
@given(sound_documents())
def test_a_sound_tower_has_a_shape_at_each_item_and_ends_in_the_classes(raw):
    experiment = validate_experiment(raw)
    analysis = analyse(experiment)
    num_classes = DATASETS[experiment.data.dataset].num_classes
    assert analysis.plan.out_shape == (num_classes,)
    assert all(analysis.items[item.id].out_shape for item in experiment.network.items)


@SLOW_TO_DRAW
@given(sound_documents())
def test_each_step_begins_with_the_shape_that_the_one_before_it_gives(raw):
    analysis = analyse(validate_experiment(raw))
    assert not analysis.problems
    plan = analysis.plan
    shape = plan.in_shape
    for step in plan.steps:
        assert step.in_shape == shape
        shape = step.out_shape
        assert min(shape) >= 1
    assert shape == plan.out_shape


@SLOW_TO_DRAW
@given(blocks(), st.sampled_from(list(BLOCKS)), st.sampled_from(list(BLOCKS)))
def test_swapping_a_kind_there_and_back_gives_the_identical_block(raw, there, further):
    filled = fill_ids({"network": {"items": [raw]}})["network"]["items"][0]
    block = BLOCK_ADAPTER.validate_python(filled)
    swapped = swap_kind(block, there)
    assert swapped.kind == there
    assert (swapped.body, swapped.shortcut, swapped.activation) == (block.body, block.shortcut, block.activation)
    assert swap_kind(swapped, block.kind).model_dump_json() == block.model_dump_json()
    assert swap_kind(swap_kind(swapped, further), block.kind).model_dump_json() == block.model_dump_json()


@SLOW_TO_DRAW
@given(documents(), st.data())
def test_a_document_with_anything_anywhere_is_read_or_refused_with_a_reason(raw, data):
    places = []
    waiting = [raw]
    while waiting:
        node = waiting.pop()
        for key in node if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], dict | list):
                waiting.append(node[key])
    node, key = data.draw(st.sampled_from(places))
    node[key] = data.draw(ANYTHING)
    try:
        analyse(parse_experiment(json.dumps(raw)))
        return
    except DocumentError as error:
        problems = error.problems
    assert problems
    assert all(problem.message for problem in problems)


def test_parked_fields_keep_one_order_and_one_type_whatever_the_file_has():
    parked = {"highway": {"gate_bias_init": -3}, "residual": {"beta": 1.0, "alpha": 2}, "stochastic_depth": {}}
    raw = {"network": {"items": [{"kind": "plain", "parked": parked}]}}
    (block,) = validate_experiment(raw).network.items
    assert json.dumps(block.parked) == '{"residual": {"alpha": 2.0}, "highway": {"gate_bias_init": -3.0}}'
    assert swap_kind(swap_kind(block, "highway"), "plain").model_dump_json() == block.model_dump_json()
