"""Opening, refusing and writing documents."""

import json
import time

import pytest

from builder.spec import DocumentError, Experiment, dump_experiment, load_experiment, parse_experiment
from builder.spec.document import MAX_DOCUMENT_BYTES, validate_experiment
from builder.spec.presets.registry import PRESETS


def document(*items, **network):
    return {"name": "a", "network": {"items": list(items), **network}}


def problems_of(raw):
    with pytest.raises(DocumentError) as caught:
        validate_experiment(raw)
    return caught.value.problems


def nested(levels, inner, times=2):
    for level in range(levels):
        inner = {"kind": "repeat", "id": f"i{100 + level}", "times": times, "items": [inner]}
    return inner


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("indent", [None, 2])
def test_what_is_written_is_read_again(name, indent):
    experiment = load_experiment(name)
    assert parse_experiment(dump_experiment(experiment, indent)) == experiment


def test_a_document_is_read_from_a_file(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(dump_experiment(load_experiment("digits-residual"), indent=1), encoding="utf-8")
    assert load_experiment(path) == load_experiment(str(path)) == load_experiment("digits-residual")


def test_a_name_that_is_neither_preset_nor_file_lists_the_presets():
    with pytest.raises(FileNotFoundError, match="digits-residual"):
        load_experiment("digits-residul")


def test_items_without_ids_get_free_ones_and_next_id_follows():
    raw = document(
        {"kind": "flatten"},
        {"kind": "residual", "id": "i7", "body": [{"kind": "linear"}, {"kind": "linear", "id": "i2"}]},
        {"kind": "repeat", "items": [{"kind": "plain", "shortcut": [{"kind": "match"}]}]},
    )
    network = validate_experiment(raw).network
    flatten, block, repeat = network.items
    assert (block.id, block.body[1].id) == ("i7", "i2")
    given = [flatten.id, block.body[0].id, repeat.id, repeat.items[0].id, repeat.items[0].shortcut[0].id]
    assert given == ["i8", "i9", "i10", "i11", "i12"]
    assert network.next_id == 13
    assert "id" not in raw["network"]["items"][0], "what was given is not changed"


def test_new_ids_begin_at_next_id_so_that_none_is_used_again():
    network = validate_experiment(document({"kind": "flatten"}, {"kind": "flatten", "id": "i3"}, next_id=20)).network
    assert [item.id for item in network.items] == ["i20", "i3"]
    assert network.next_id == 21


def test_a_next_id_that_is_in_use_is_refused():
    (problem,) = problems_of(document({"kind": "flatten", "id": "i3"}, {"kind": "flatten"}, next_id=2))
    assert problem.path == "network"
    assert "next_id is 2" in problem.message
    assert "Set it to" in problem.message


def test_an_id_used_twice_stands_on_that_item():
    raw = document(
        {"kind": "flatten", "id": "i1"}, {"kind": "plain", "id": "i2", "body": [{"kind": "norm", "id": "i1"}]}
    )
    (problem,) = problems_of(raw)
    assert problem.item_id == "i1"
    assert "twice" in problem.message


def test_every_problem_is_told_at_once_with_item_place_and_reason():
    raw = {
        "name": "",
        "nam": 1,
        "network": {
            "items": [
                {"kind": "conv", "id": "i1", "kernel_size": 0, "strid": 2},
                {"kind": "residual", "id": "i2", "body": [{"kind": "linear", "id": "i3", "out_features": "many"}]},
            ]
        },
        "groups": [{"name": "a", "learning_rate": -1.0}],
        "training": {"duration": {"epochs": 1, "steps": 2}, "batch_size": 0},
    }
    found = {(problem.item_id, problem.path): problem.message for problem in problems_of(raw)}
    assert set(found) == {
        (None, "name"),
        (None, "nam"),
        ("i1", "network.items.0.kernel_size"),
        ("i1", "network.items.0.strid"),
        ("i3", "network.items.1.body.0.out_features"),
        (None, "groups.0.learning_rate"),
        (None, "training.duration"),
        (None, "training.batch_size"),
    }
    assert "integer" in found["i3", "network.items.1.body.0.out_features"]
    assert "classes" in found["i3", "network.items.1.body.0.out_features"]
    assert "-1" in found[None, "groups.0.learning_rate"]
    assert "not known" in found[None, "nam"]


def test_problems_of_groups_and_of_the_network_are_told_together():
    raw = document({"kind": "flatten", "id": "i1"}, {"kind": "flatten", "id": "i1"})
    raw["groups"] = [{"name": "a"}, {"name": "a"}]
    raw["training"] = {"evaluate_every": {"steps": 0}}
    assert {problem.path for problem in problems_of(raw)} == {"network.items", "groups", "training.evaluate_every"}


@pytest.mark.parametrize(
    ("groups", "word"),
    [
        ([], "at least one"),
        ([{"name": "a", "rule": {"lanes": ["body"]}}], "everything that is left"),
        ([{"name": "same"}, {"name": "same "}], "“same”"),
        ([{"name": "  "}], "at least 1"),
    ],
)
def test_groups_must_be_whole(groups, word):
    (problem,) = problems_of({"groups": groups})
    assert problem.path.startswith("groups")
    assert word in problem.message


@pytest.mark.parametrize("kind", ["match", "pad_channels", "concat", None, 3, [], {}, "resid\u00fcal"])
def test_an_unknown_kind_in_the_tower_is_refused(kind):
    (problem,) = problems_of(document({"kind": kind, "id": "i1"}))
    assert (problem.item_id, problem.path) == ("i1", "network.items.0")
    assert "block kind" in problem.message


@pytest.mark.parametrize("kind", ["match", "residual", "repeat", None, [], {}])
def test_an_unknown_kind_in_a_body_is_refused(kind):
    (problem,) = problems_of(document({"kind": "plain", "id": "i1", "body": [{"kind": kind, "id": "i2"}]}))
    assert (problem.item_id, problem.path) == ("i2", "network.items.0.body.0")
    assert "linear" in problem.message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("batch_size", True),
        ("batch_size", "64"),
        ("batch_size", 64.0),
        ("batch_size", 1.5),
        ("batch_size", None),
        ("batch_size", [64]),
        ("batch_size", -64),
        ("batch_size", 10**12),
        ("drop_last", 1),
        ("drop_last", "yes"),
        ("clip_norm", "1.0"),
        ("clip_norm", 0.0),
        ("clip_norm", False),
        ("pace", float("nan")),
        ("pace", float("inf")),
        ("pace", -float("inf")),
        ("seed", -1),
        ("seed", 2**63),
        ("seed", 10**300),
        ("device", "cuda:banana"),
        ("device", "cpu\n"),
        ("keep", "best"),
        ("optimizer", "adam"),
        ("optimizer", {"kind": "lion"}),
        ("optimizer", {}),
        ("duration", 5),
        ("duration", {}),
        ("duration", {"epochs": 0}),
    ],
)
def test_a_wrong_value_is_refused_where_it_stands_and_never_converted(path, value):
    (problem,) = problems_of({"training": {path: value}})
    assert problem.path.startswith(f"training.{path}")
    assert len(problem.message) < 300


@pytest.mark.parametrize("version", [2, 10**300, 0, -1, True, 1.0, "1", None, []])
def test_another_format_is_refused(version):
    (problem,) = problems_of({"format": version})
    assert problem.path == "format"


def test_a_future_format_says_to_update():
    (problem,) = problems_of({"format": 2, "unknown": 1})
    assert "Update" in problem.message


def test_a_key_that_stands_twice_is_refused_with_its_place():
    with pytest.raises(DocumentError) as caught:
        parse_experiment('{"name": "one", "network": {"items": []}, "name": "other"}')
    assert [(problem.item_id, problem.path) for problem in caught.value.problems] == [(None, "name")]
    text = '{"network": {"items": [{"kind": "linear", "id": "i4", "out_features": 8, "out_features": 16}]}}'
    with pytest.raises(DocumentError, match="i4: out_features: This key stands twice"):
        parse_experiment(text)


@pytest.mark.parametrize("raw", [None, [], "text", 3, True, [{}]])
def test_a_document_is_an_object(raw):
    with pytest.raises(DocumentError, match="JSON object"):
        parse_experiment(json.dumps(raw))


@pytest.mark.parametrize(
    ("parked", "word"),
    [
        ({"residual": {"alpha": float("nan")}}, "residual.alpha"),
        ({"residual": {"alpha": "1.0" + "0" * 100_000}}, "residual.alpha"),
        ({"residual": {"gamma": 1.0}}, "gamma"),
        ({"plain": {}}, "plain"),
        ({"concat": {}}, "concat"),
        ({"stochastic_depth": {"survival": {"kind": "constant", "survival_prob": 7}}}, "survival_prob"),
    ],
)
def test_parked_values_obey_the_schema_of_their_kind(parked, word):
    (problem,) = problems_of(document({"kind": "plain", "id": "i1", "parked": parked}))
    assert problem.item_id == "i1"
    assert word in problem.message
    assert len(problem.message) < 300


def test_blocks_are_limited_by_arithmetic():
    billion = nested(4, nested(0, {"kind": "plain", "id": "i1"}), times=2000)
    (problem,) = problems_of(document(billion))
    assert problem.path == "network.items"
    assert "16,000,000,000,000 blocks" in problem.message
    assert validate_experiment(document(nested(1, {"kind": "plain", "id": "i1"}, times=2000)))


def test_layers_are_limited_by_arithmetic():
    ten = [{"kind": "flatten"} for _ in range(10)]
    repeat = {"kind": "repeat", "times": 2000, "items": ten}
    assert validate_experiment(document(repeat))
    (problem,) = problems_of(document(repeat, {"kind": "flatten"}))
    assert "20,001 layers" in problem.message


def test_repeats_nest_six_deep_and_no_deeper():
    assert validate_experiment(document(nested(6, {"kind": "plain", "id": "i1"})))
    (problem,) = problems_of(document(nested(7, {"kind": "plain", "id": "i1"})))
    assert problem.item_id == "i100", "the innermost repeat is one too many"


def test_a_document_that_only_fits_without_its_defaults_is_refused():
    """Otherwise it could be opened, but what is saved of it could not."""
    blocks = [{"kind": "plain", "body": [{"kind": "conv"} for _ in range(60)]} for _ in range(320)]
    text = json.dumps(document(*blocks))
    assert len(text) < MAX_DOCUMENT_BYTES
    with pytest.raises(DocumentError, match="defaults written out"):
        parse_experiment(text)


MEBIBYTE = MAX_DOCUMENT_BYTES
DEEP_REPEATS = json.dumps(document(nested(20, {"kind": "plain", "id": "i1"}, times=2000)))
HOSTILE = {
    "empty": "",
    "not json": "{name: 1}",
    "cut off": '{"name": "a", "network": {"items": [',
    "trailing": '{"name": "a"} {}',
    "not utf-8": b'{"name": "\xff\xfe"}',
    "one byte too many": '{"name": "' + "a" * (MEBIBYTE - 11) + '"}',
    "too long a name": '{"name": "' + "a" * (MEBIBYTE - 12) + '"}',
    "brackets without end": "[" * (MEBIBYTE - 1),
    "objects without end": '{"a":' * 200_000,
    "900 levels": '{"network":' + "[" * 900 + "]" * 900 + "}",
    "nested repeats": DEEP_REPEATS,
    "NaN": '{"training": {"pace": NaN}}',
    "Infinity": '{"training": {"pace": Infinity, "clip_norm": -Infinity}}',
    "overflow": '{"training": {"pace": 1e999}}',
    "5000 digits": '{"training": {"seed": ' + "9" * 5000 + "}}",
    "4000 digits": '{"training": {"seed": ' + "9" * 4000 + "}}",
    "4000 digits of format": '{"format": ' + "9" * 4000 + "}",
    "lone surrogate": '{"name": "\\ud800"}',
    "lone surrogate key": '{"network": {"\\udfff": 1}}',
    "lone surrogate id": '{"network": {"items": [{"kind": "plain", "id": "\\ud800"}]}}',
    "null character id": '{"network": {"items": [{"kind": "plain", "id": "i1\\u0000"}]}}',
    "many keys": json.dumps({f"k{number}": 1 for number in range(75_000)}),
    "many items": '{"network": {"items": [' + ",".join(["0"] * 300_000) + "]}}",
    "many empty layers": '{"network": {"items": [{"kind": "plain", "body": [' + ",".join(["{}"] * 300_000) + "]}]}}",
    "many ids": '{"network": {"items": [' + ",".join(['{"kind": "flatten", "id": "i1"}'] * 30_000) + "]}}",
    "many groups": '{"groups": [' + ",".join(['{"name": "a"}'] * 60_000) + "]}",
    "many wrong fields": json.dumps(
        document(
            *[{"kind": "plain", "body": [{"kind": "conv", "a": 1, "b": 2, "stride": -1}] * 64} for _ in range(300)]
        )
    ),
    "a long key": '{"' + "k" * 1_000_000 + '": 1}',
    "a long kind": '{"network": {"items": [{"kind": "' + "k" * 1_000_000 + '"}]}}',
    "a long path of ids": '{"groups": [{"name": "a", "rule": {"items": [' + ",".join(['"x"'] * 200_000) + "]}}]}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_at_once_with_a_reason(name):
    start = time.process_time()
    with pytest.raises(DocumentError) as caught:
        parse_experiment(HOSTILE[name])
    seconds = time.process_time() - start
    problems = caught.value.problems
    assert 1 <= len(problems) <= 51
    assert all(len(problem.message) < 400 and len(problem.path) < 400 for problem in problems)
    str(caught.value).encode("utf-8")
    assert seconds < 1.0, "0.2 s on a quiet machine; the margin is for a busy one"


def test_the_largest_text_is_still_read():
    notes = "n" * 20_000
    text = '{"notes": "' + notes + '"}' + " " * (MEBIBYTE - len(notes) - 13)
    assert len(text) == MEBIBYTE
    assert parse_experiment(text) == parse_experiment(text.encode()) == Experiment(notes=notes)


def test_text_of_any_language_is_kept():
    name = "深い網 🏗 <b>&amp;</b>"
    assert parse_experiment(dump_experiment(Experiment(name=name))).name == name


@pytest.mark.parametrize("raw", [{"format": 10**5000}, {"training": {"seed": 10**5000}}, {"name": b"a"}, {1: 2}])
def test_what_only_python_can_hold_is_refused_too(raw):
    (problem,) = problems_of(raw)
    assert len(problem.message) < 300
