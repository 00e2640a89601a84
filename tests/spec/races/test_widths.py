"""Towers brought to a number of parameters by their width."""

import pytest

from builder.spec import analyse, load_experiment, validate_experiment
from builder.spec.races.kinds import with_kind
from builder.spec.races.widths import matched


def tower(*items, dataset="digits"):
    return validate_experiment(
        {"data": {"dataset": dataset}, "network": {"items": list(items)}, "groups": [{"name": "a"}]}
    )


def linear(width):
    return {"kind": "linear", "out_features": width}


def block(*widths, kind="residual"):
    return {"kind": kind, "body": [linear(width) for width in widths]}


def stack(width, num_blocks, kind):
    """A stem, blocks of one layer, and a head."""
    repeat = {"kind": "repeat", "times": num_blocks, "items": [block(width, kind=kind)]}
    return tower({"kind": "flatten"}, linear(width), repeat, linear("classes"))


def plain_parameters(width, num_blocks):
    """Of a stem from 64 pixels, plain or residual blocks of one layer, and a head of ten classes."""
    return 65 * width + num_blocks * (width + 1) * width + 10 * (width + 1)


@pytest.mark.parametrize("wanted", [300, 3_000, 12_345, 50_000])
def test_no_other_width_comes_nearer(wanted):
    experiment = tower(
        {"kind": "flatten"}, linear(32), {"kind": "repeat", "times": 5, "items": [block(32)]}, linear("classes")
    )
    found = matched(experiment, wanted)
    counts = {width: plain_parameters(width, 5) for width in range(8, 129)}
    best = min(counts, key=lambda width: abs(counts[width] - wanted))
    assert found is not None
    assert found.widths == f"width {best} for 32"
    assert found.num_parameters == counts[best] == analyse(found.experiment).num_parameters
    assert not analyse(found.experiment).problems


def test_the_papers_pair_of_widths_is_found():
    """Srivastava et al. 2015, arXiv 1505.00387: plain layers of 71 units and highway layers of 50 are of one size."""
    highway = stack(50, 9, "highway")
    found = matched(with_kind(highway, "plain"), analyse(highway).num_parameters)
    assert found is not None
    assert found.widths in ("width 69 for 50", "width 70 for 50", "width 71 for 50")


def test_widths_of_a_pyramid_keep_their_order_and_shortcuts_fit():
    experiment = with_kind(load_experiment("mnist-conv"), "highway")
    found = matched(experiment, analyse(load_experiment("mnist-conv")).num_parameters)
    assert found is not None
    assert not analyse(found.experiment).problems
    assert "width 26 for 32" in found.widths


def test_on_the_data_itself_the_hidden_layers_change_alone():
    experiment = tower({"kind": "flatten"}, block(16, 64), linear("classes"))
    found = matched(experiment, 10_000)
    assert found is not None
    assert found.widths.startswith("hidden width ")
    assert not analyse(found.experiment).problems


def test_a_tower_of_that_size_stays_as_it_is_and_one_that_cannot_change_is_told_apart():
    experiment = tower({"kind": "flatten"}, block(64), linear("classes"))
    own = analyse(experiment).num_parameters
    same = matched(experiment, own)
    assert same is not None
    assert (same.experiment, same.widths, same.num_parameters) == (experiment, "", own)
    assert matched(experiment, 2 * own) is None
    assert matched(tower({"kind": "flatten"}, block(32), linear("classes")), own) is None
