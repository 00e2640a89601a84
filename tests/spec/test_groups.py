"""Groups: the first rule that matches takes a parameter, the last group takes the rest."""

from fractions import Fraction

import pytest

from builder.spec import Experiment, analyse
from builder.spec.groupings import GROUPINGS, depth_grouping, ready_made
from builder.spec.groups import GroupSpec, Rule
from builder.spec.presets.numbering import network
from builder.spec.presets.towers import HEAD, dense_stem, repeat
from builder.spec.recipes import linear, norm

TOWER = network(
    [
        *dense_stem(8),
        repeat(3, {"kind": "highway", "body": [norm(), linear(8)], "shortcut": [{"kind": "match"}]}),
        linear(8),
        {"kind": "residual", "body": [linear(8)], "shortcut": [norm()]},
        norm(),
        HEAD,
    ]
)
"""Stem i1 to i3, three highway copies i4[n]/i5, a linear i9 at depth 3, a residual i10 at depth 4, head i13 and i14."""


def members(*rules):
    """Addresses of each group for groups with these rules and one for the rest."""
    groups = [GroupSpec(name=f"group {index}", rule=rule) for index, rule in enumerate(rules)]
    analysis = analyse(Experiment(network=TOWER, groups=(*groups, GroupSpec(name="rest"))))
    assert not analysis.plan.problems
    return [
        [one.placed.address for one in analysis.parameters if one.group == index] for index in range(len(rules) + 1)
    ]


ALL = members()[0]


def of(*beginnings, end=""):
    return [address for address in ALL if address.startswith(beginnings) and address.endswith(end)]


def test_one_group_takes_everything():
    assert len(ALL) == len(set(ALL)) == 2 + 3 * 7 + 2 + 4 + 4


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(items=("i2",)), of("i2.")),
        (Rule(items=("i4",)), of("i4[")),
        (Rule(items=("i5",)), of("i4[")),
        (Rule(items=("i7", "i14")), of("i4[0]/i5/body/i7", "i4[1]/i5/body/i7", "i4[2]/i5/body/i7", "i14")),
        (Rule(items=("i99",)), []),
        (Rule(lanes=("layer",)), of("i2.", "i9.", "i13.", "i14.")),
        (Rule(lanes=("gate",)), [address for address in ALL if "/gate." in address]),
        (
            Rule(lanes=("body", "shortcut")),
            [address for address in ALL if "/body/" in address or "/shortcut/" in address],
        ),
        (
            Rule(parameters=("norm_scale",)),
            [address for address in ALL if address.endswith(".weight") and ("i6" in address or "i12" in address)]
            + of("i13.weight"),
        ),
        (Rule(depth_to=0), of("i2.")),
        (Rule(depth_from=5), of("i13.", "i14.")),
        (Rule(depth_from=2, depth_to=3), of("i4[1]", "i4[2]", "i9.")),
        (Rule(lanes=("body",), parameters=("weight",), depth_from=4), of("i10/body/i11.weight")),
        (Rule(items=("i4",), lanes=("gate",), parameters=("bias",), depth_to=1), of("i4[0]/i5/gate.bias")),
    ],
)
def test_a_rule_takes_exactly_what_all_its_conditions_name(rule, expected):
    taken, rest = members(rule)
    assert taken == expected
    assert sorted(taken + rest) == sorted(ALL)


def test_the_first_rule_that_matches_wins():
    bodies, shallow, rest = members(Rule(lanes=("body",)), Rule(depth_to=1))
    assert bodies == [address for address in ALL if "/body/" in address]
    assert shallow == [address for address in ALL if address.startswith(("i2.", "i4[0]")) and "/body/" not in address]
    assert sorted(bodies + shallow + rest) == sorted(ALL)
    everything, nothing, last = members(Rule(), Rule(lanes=("body",)))
    assert (everything, nothing, last) == (ALL, [], [])


def test_each_item_knows_the_groups_of_its_parameters():
    groups = (GroupSpec(name="bodies", rule=Rule(lanes=("body",))), GroupSpec(name="rest"))
    items = analyse(Experiment(network=TOWER, groups=groups)).items
    assert [items[name].groups for name in ("i1", "i2", "i4", "i5", "i7", "i8")] == [[], [1], [0, 1], [0, 1], [0], [1]]


def test_a_depth_range_the_wrong_way_round_is_a_problem_of_that_group():
    groups = (GroupSpec(name="odd", rule=Rule(depth_from=3, depth_to=2)), GroupSpec(name="rest"))
    (problem,) = analyse(Experiment(network=TOWER, groups=groups)).problems
    assert problem.path == "groups.0.rule.depth_to"
    assert "“odd”" in problem.message
    assert "3" in problem.message


def test_a_rule_that_names_what_is_gone_warns_with_the_groups_name():
    groups = (GroupSpec(name="old", rule=Rule(items=("i2", "i77"))), GroupSpec(name="rest"))
    analysis = analyse(Experiment(network=TOWER, groups=groups))
    assert not analysis.problems
    (warning,) = analysis.warnings
    assert warning.path == "groups.0.rule.items"
    assert "“old”" in warning.message
    assert "i77" in warning.message
    assert "i2," not in warning.message


def test_a_learning_rate_of_0_is_allowed_and_only_warned_of_when_nothing_learns():
    groups = (GroupSpec(name="still", rule=Rule(depth_to=0), learning_rate=0.0), GroupSpec(name="rest"))
    assert not analyse(Experiment(network=TOWER, groups=groups)).warnings
    still = (groups[0], GroupSpec(name="rest", frozen=True))
    (warning,) = analyse(Experiment(network=TOWER, groups=still)).warnings
    assert warning.path == "groups"


def test_all_frozen_cannot_learn():
    (problem,) = analyse(Experiment(network=TOWER, groups=(GroupSpec(name="all", frozen=True),))).problems
    assert problem.path == "groups"
    assert "Unfreeze" in problem.message


@pytest.mark.parametrize("grouping", GROUPINGS, ids=lambda grouping: grouping.name)
def test_a_ready_made_grouping_is_whole_and_divides_everything(grouping):
    groups = tuple(GroupSpec.model_validate(group) for group in grouping.groups)
    analysis = analyse(Experiment(network=TOWER, groups=groups))
    assert not analysis.problems
    assert [row.num_tensors > 0 for row in analysis.groups] == [True] * len(groups)
    assert len({group.colour for group in groups}) == len(groups)


def test_the_role_grouping_puts_each_role_into_its_own_group():
    groups = next(grouping.groups for grouping in GROUPINGS if grouping.name == "role")
    experiment = Experiment(network=TOWER, groups=tuple(GroupSpec.model_validate(group) for group in groups))
    analysis = analyse(experiment)
    of_group = {
        name: [one.placed for one in analysis.parameters if analysis.groups[one.group].spec.name == name]
        for name in ("stem and head", "gates", "shortcuts", "norms and biases", "bodies")
    }
    assert {one.lane for one in of_group["stem and head"]} == {"layer"}
    assert {one.lane for one in of_group["gates"]} == {"gate"}
    assert {one.lane for one in of_group["shortcuts"]} == {"shortcut"}
    assert {one.role for one in of_group["norms and biases"]} == {"bias", "norm_scale", "norm_shift"}
    assert {(one.lane, one.role) for one in of_group["bodies"]} == {("body", "weight")}


@pytest.mark.parametrize("num_blocks", [0, 1, 4, 7, 54, 2000])
@pytest.mark.parametrize("num_bands", [1, 2, 3, 5, 40])
def test_depth_bands_cover_each_depth_once_and_decay_towards_the_stem(num_blocks, num_bands):
    raw = depth_grouping(num_blocks, num_bands, decay=0.5, learning_rate=0.1)
    groups = Experiment(groups=tuple(GroupSpec.model_validate(group) for group in raw)).groups
    assert len(groups) == min(num_bands, num_blocks + 1)
    covered = [
        depth for group in groups[:-1] for depth in range(group.rule.depth_from or 0, (group.rule.depth_to or 0) + 1)
    ]
    assert covered == list(range(len(covered)))
    assert len(covered) <= num_blocks
    assert [group.learning_rate for group in groups[::-1]] == pytest.approx(
        [float(Fraction(1, 10) / 2**band) for band in range(len(groups))]
    )


def test_ready_made_groupings_begin_with_the_first_groups_rate_and_decay():
    first = GroupSpec(name="all", learning_rate=0.4, weight_decay=0.01)
    for grouping in ready_made(first, num_blocks=12):
        groups = tuple(GroupSpec.model_validate(group) for group in grouping["groups"])
        assert Experiment(groups=groups).groups == groups
        assert {group.weight_decay for group in groups} == {0.01}
        assert max(group.learning_rate for group in groups) == 0.4
        if grouping["name"] == "depth":
            assert [group.learning_rate for group in groups] == pytest.approx([0.4 * 0.75**k for k in (3, 2, 1, 0)])
        else:
            assert {group.learning_rate for group in groups} == {0.4}
