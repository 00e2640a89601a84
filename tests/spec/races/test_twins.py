"""The documents of a race."""

import pytest

from builder.spec import DocumentError, analyse, dump_experiment, load_experiment, validate_experiment, with_value
from builder.spec.blocks.registry import BLOCKS
from builder.spec.races.race import MAX_RUNS, parse_race
from builder.spec.races.twins import repeats_of, twins

DIGITS = load_experiment("digits-residual")
MIXED = load_experiment("digits-four-kinds")


def raced(experiment=DIGITS, **race):
    return twins(experiment, parse_race(race))


def problems(experiment=DIGITS, **race):
    with pytest.raises(DocumentError) as refused:
        raced(experiment, **race)
    return " ".join(str(problem) for problem in refused.value.problems)


def test_one_run_of_each_kind_and_the_own_kind_is_the_document_itself():
    found = raced(kinds=list(BLOCKS))
    assert [each.name for each in found] == ["Plain", "Residual", "Highway", "Stochastic depth"]
    assert [each.kind for each in found] == list(BLOCKS)
    (own,) = [each for each in found if each.is_own]
    assert own.kind == "residual"
    assert dump_experiment(own.experiment) == dump_experiment(DIGITS)
    assert {each.experiment.training.seed for each in found} == {DIGITS.training.seed}
    assert all(not each.problems and each.depth == 6 for each in found)


def test_matched_twins_say_what_was_matched_and_how_near_it_came():
    plain, residual, highway = raced(kinds=["plain", "residual", "highway"], match_parameters=True)
    wanted = analyse(DIGITS).num_parameters
    assert plain.sizing == f"{wanted:,} of {wanted:,} parameters"
    assert residual.sizing == ""
    assert highway.sizing == f"width 53 for 64: {highway.analysis.num_parameters:,} of {wanted:,} parameters"


def test_a_mixed_tower_takes_part_as_it_is():
    plain, mixed = raced(MIXED, kinds=["plain", "mixed"])
    assert (plain.kind, mixed.name, mixed.is_own, mixed.experiment) == ("plain", "As it is", True, MIXED)
    assert "no mixed tower" in problems(kinds=["plain", "mixed"])


def test_depths_are_copies_of_the_repeat_and_matching_is_at_each_depth():
    found = raced(kinds=["highway", "residual"], depths=[12, 3, 6], match_parameters=True)
    assert [each.name for each in found][:3] == ["3 × Highway", "6 × Highway", "12 × Highway"]
    assert [each.depth for each in found] == [3, 6, 12] * 2
    assert [each.is_own for each in found] == [False, False, False, False, True, False]
    for highway, residual in zip(found[:3], found[3:], strict=True):
        assert f"of {residual.analysis.num_parameters:,} parameters" in highway.sizing


def test_a_tower_with_several_repeats_must_say_which():
    repeats = repeats_of(MIXED)
    assert list(repeats.values()) == ["3 × residual", "3 × highway", "3 × stochastic depth"]
    told = problems(MIXED, depths=[2, 4])
    assert all(name in told for name in repeats)
    second = list(repeats)[1]
    assert [each.depth for each in raced(MIXED, depths=[2, 4], repeat=second)] == [9, 11]
    assert "is no repeat with blocks" in problems(MIXED, depths=[2, 4], repeat="i99")


def test_a_tower_without_a_repeat_is_told_what_to_do():
    items = [{"kind": "flatten"}, {"kind": "linear", "out_features": "classes"}]
    flat = validate_experiment({"network": {"items": items}, "groups": [{"name": "a"}]})
    assert "Put a repeat into the tower" in problems(flat, depths=[2, 4])
    assert "no block whose kind could change" in problems(flat, kinds=["plain", "residual"])
    assert [each.name for each in raced(flat, learning_rates=[1, 2])] == ["rates ×1", "rates ×2"]


def test_factors_scale_every_group_and_never_level_them():
    uneven = DIGITS.model_copy(
        update={
            "groups": tuple(
                group.model_copy(update={"learning_rate": rate})
                for group, rate in zip(DIGITS.groups, (0.1, 0.02, 0.3), strict=True)
            )
        }
    )
    half, same = raced(uneven, learning_rates=[0.5, 1])
    assert [group.learning_rate for group in half.experiment.groups] == [0.05, 0.01, 0.15]
    assert same.experiment == uneven


def test_the_network_wide_init_is_varied_and_the_own_one_keeps_its_fields():
    own = with_value(with_value(DIGITS, "network.init.kind", "normal"), "network.init.std", 0.3)
    normal, he = raced(own, inits=["normal", "he"])
    assert normal.experiment == own
    assert (he.name, he.experiment.network.init.kind) == ("He init", "he")


def test_a_twin_that_cannot_be_trained_is_named_with_its_problem_and_the_others_stay():
    narrowing = validate_experiment(
        {
            "network": {
                "items": [
                    {"kind": "flatten"},
                    {"kind": "plain", "body": [{"kind": "linear", "out_features": 8}]},
                    {"kind": "linear", "out_features": "classes"},
                ]
            },
            "groups": [{"name": "a", "learning_rate": 60.0}],
        }
    )
    plain, residual = raced(narrowing, kinds=["plain", "residual"], match_parameters=True)
    assert not plain.problems
    assert "cannot be merged" in str(residual.problems[0])
    fast = raced(narrowing, learning_rates=[1, 2])[1]
    assert "groups.0.learning_rate" in str(fast.problems[0])


def test_a_race_has_two_runs_at_least_and_twelve_at_most():
    assert "two runs at least" in problems(kinds=["plain"])
    assert "two runs at least" in problems()
    with pytest.raises(DocumentError, match="4 kinds × 4 depths would be 16 runs; at most 12 race at once"):
        parse_race({"kinds": list(BLOCKS), "depths": [1, 2, 3, 4]})
    assert len(raced(kinds=list(BLOCKS), depths=[1, 2, 3])) == MAX_RUNS


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {"kinds": "plain"},
        {"kinds": ["concat"]},
        {"kinds": [["plain"]]},
        {"depths": [0]},
        {"depths": ["many"]},
        {"learning_rates": [-1]},
        {"learning_rates": [float("nan")]},
        {"inits": ["best"]},
        {"repeat": "<b>"},
        {"seeds": [1, 2]},
    ],
)
def test_what_is_no_race_is_refused_with_a_reason(raw):
    with pytest.raises(DocumentError) as refused:
        parse_race(raw)
    assert all(problem.message for problem in refused.value.problems)
