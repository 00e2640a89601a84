"""Profiles, maps, gates and drops say what the rows say, recomputed here without builder.charts."""

import json
import math
import time

import numpy as np
import pytest

from builder.charts import LiveView, figures
from builder.charts.assembly import Assembly
from builder.workspace.rows import ABSENT

KIB = 1024
BLOCKS = [
    {"address": "i2", "item": "i2", "kind": "plain", "depth": 1, "num_parameters": 100, "num_trained": 25},
    {"address": "i3", "item": "i3", "kind": "highway", "depth": 2, "num_parameters": 64, "num_trained": 64},
    {"address": "i4", "item": "i4", "kind": "residual", "depth": 3, "num_parameters": 64, "num_trained": 0},
    {"address": "i5", "item": "i5", "kind": "highway", "depth": 4, "num_parameters": 16, "num_trained": 16},
    *(
        {"address": f"i6[{copy}]", "item": "i6", "kind": "stochastic_depth", "depth": 5 + copy, "num_parameters": 4,
         "num_trained": 4, "survival_prob": 0.75}
        for copy in range(2)
    ),
]  # fmt: skip
EARLIER = "recorded by an earlier version"


def trace(figure, ending):
    (found,) = [each for each in figure.data if each.uid.endswith(ending)]
    return found


def draw(chart_id, recording, kinds):
    return figures([chart_id], [recording.shown], kinds)[chart_id]


@pytest.fixture
def probed(record):
    """A run of `BLOCKS`, probed every 4 steps, and the 50 rows of values it has recorded."""
    run = record(blocks=BLOCKS, probed_every=4)
    values = np.exp(np.random.default_rng(0).normal(size=(50, len(run.series)))).astype(np.float32)
    for block in BLOCKS:
        address = block["address"]
        if block["kind"] == "highway":
            shares = np.random.default_rng(1).dirichlet(np.ones(10), 50)
            for place in range(10):
                values[:, run.column(f"gate_share_{place}", address)] = shares[:, place]
            values[:, run.column("gate_mean", address)] = 0.25
        if block["kind"] == "stochastic_depth":
            alive = np.random.default_rng(int(address[3])).random(50) < 0.75
            values[:, run.column("alive", address)] = alive
            values[~alive, run.column("grad_norm", address)] = ABSENT
    run.append(values)
    return run, values


def test_the_profile_is_the_gradient_per_trained_parameter(record, kinds):
    run = record(blocks=BLOCKS[:2], probed_every=4)
    values = np.full((3, len(run.series)), 8, dtype=np.float32)
    run.append(values)
    figure = draw("depth_profile", run, kinds)
    assert trace(figure, "-dot-plain").y == (8 / math.sqrt(25),)
    assert trace(figure, "-dot-highway").y == (8 / math.sqrt(64),)


@pytest.mark.parametrize(("num_blocks", "pixels"), [(5, 7), (100, 5), (500, 3)])
def test_the_dots_of_many_blocks_are_smaller(record, kinds, num_blocks, pixels):
    blocks = [
        {
            "address": f"i2[{copy}]",
            "item": "i2",
            "kind": "residual",
            "depth": 1 + copy,
            "num_parameters": 4,
            "num_trained": 4,
        }
        for copy in range(num_blocks)
    ]
    run = record(blocks=blocks)
    run.append(np.ones((1, len(run.series)), dtype=np.float32))
    figure = draw("depth_profile", run, kinds)
    assert len(trace(figure, "-dot-residual").y) == num_blocks
    assert {trace(figure, name).marker.size for name in ("-dot-residual", "-dropped", "-frozen")} == {pixels}


def test_a_frozen_block_is_marked_in_both_profiles(record, kinds):
    run = record(blocks=BLOCKS[:3], probed_every=1)
    run.append(np.full((1, len(run.series)), 2, dtype=np.float32))
    # It has no gradient, and stands at the floor of the logarithmic axis: 2 / 8 is the least gradient of the others.
    for chart_id, height in [("depth_profile", 0.01), ("activation_profile", 2)]:
        figure = draw(chart_id, run, kinds)
        frozen = trace(figure, "-frozen")
        assert (list(frozen.x), list(frozen.y)) == ([3], [height])
        assert frozen.marker.symbol == (kinds["residual"].symbol + "-open-dot",)
        assert "frozen" in frozen.hovertemplate
        assert 3 not in trace(figure, "-dot-residual").x


def test_a_block_is_frozen_while_its_groups_are_and_a_part_of_it_counts_for_itself_alone(record, kinds):
    """`Bodies` is frozen from step 3 on, `Head` never; the second block has parameters of both."""
    groups = [{"name": "Bodies", "colour": "#2F7FD0"}, {"name": "Head", "colour": "#D9822B"}]
    numbers = [{"Bodies": 64}, {"Bodies": 48, "Head": 16}]
    blocks = [{**BLOCKS[place], "num_by_group": numbers[place]} for place in (0, 1)]
    run = record(blocks=blocks, groups=groups, probed_every=1)
    values = np.full((4, len(run.series)), 8, dtype=np.float32)
    values[2:, [run.column("grad_norm", "Bodies", "scalar"), run.column("grad_norm", "i2")]] = ABSENT
    run.append(values[:2])
    figure = draw("depth_profile", run, kinds)
    assert trace(figure, "-dot-plain").y == trace(figure, "-dot-highway").y == (8 / math.sqrt(64),)
    run.append(values[2:])
    figure = draw("depth_profile", run, kinds)
    assert list(trace(figure, "-frozen").x) == [1]
    assert trace(figure, "-dot-highway").y == (8 / math.sqrt(16),)
    assert list(trace(draw("activation_profile", run, kinds), "-frozen").x) == [1]


def test_activations_are_those_of_the_newest_probe_and_dropped_blocks_are_hollow(probed, kinds):
    run, values = probed
    figure, step = draw("activation_profile", run, kinds), 48
    dots = {kind: trace(figure, f"-dot-{kind}") for kind in ("plain", "highway", "stochastic_depth")}
    assert dots["plain"].y[0] == pytest.approx(values[step - 1, run.column("activation_rms", "i2")], rel=1e-4)
    hollow = trace(figure, "-dropped")
    drawn = dict(zip([*dots["stochastic_depth"].x, *hollow.x], [*dots["stochastic_depth"].y, *hollow.y], strict=True))
    for block in BLOCKS[4:]:
        value = values[step - 1, run.column("activation_rms", block["address"])]
        assert drawn[block["depth"]] == pytest.approx(value, rel=1e-4)
        assert (block["depth"] in hollow.x) == (values[step - 1, run.column("alive", block["address"])] == 0)


@pytest.mark.parametrize(
    ("chart_id", "quantity"), [("activation_map", "activation_rms"), ("update_map", "update_ratio")]
)
def test_maps_of_probes_have_a_cell_per_probe(probed, kinds, chart_id, quantity):
    run, values = probed
    drawn = trace(draw(chart_id, run, kinds), f"-{chart_id}")
    assert list(drawn.x) == list(range(4, 50, 4))
    assert list(drawn.y) == [1, 2, 3, 4, 5, 6]
    for row, block in zip(drawn.z, BLOCKS, strict=True):
        expected = np.log10(values[3::4, run.column(quantity, block["address"])])
        np.testing.assert_allclose(np.array(row, dtype=float), expected, atol=3e-3)


def test_the_gate_map_is_linear_and_leaves_a_row_free_for_other_blocks(probed, kinds):
    drawn = trace(draw("gate_map", probed[0], kinds), "-gate_map")
    assert (list(drawn.y), drawn.zmin, drawn.zmax) == ([2, 3, 4], 0, 0.5)
    assert list(drawn.z[0]) == [0.25] * 12
    assert not len(drawn.z[1])


def test_gates_by_depth_are_the_shares_of_the_newest_probe(probed, kinds):
    run, values = probed
    figure = draw("gate_profile", run, kinds)
    shares = trace(figure, "-gate_shares")
    assert list(shares.x) == [2, 3, 4]
    assert list(shares.y) == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5]
    assert shares.customdata[1][0] == "0.001 to 0.01"
    for column, address in [(0, "i3"), (2, "i5")]:
        expected = [values[47, run.column(f"gate_share_{place}", address)] for place in range(10)]
        assert [row[column] for row in shares.z] == pytest.approx(expected, rel=6e-3)
    assert [row[1] for row in shares.z] == [None] * 10
    means = trace(figure, "-gate_means")
    assert (list(means.y), list(means.customdata)) == ([5, 5], [0.25, 0.25])
    assert figure.layout.yaxis.ticktext[5] == "0.25"


@pytest.mark.parametrize("num_steps", [100, 1000])
def test_a_cell_of_the_drop_raster_is_the_share_alive_of_its_steps(record, kinds, num_steps):
    run = record(blocks=BLOCKS[4:5], num_steps=num_steps)
    values = np.ones((num_steps, len(run.series)), dtype=np.float32)
    alive = np.random.default_rng(0).random(num_steps) < 0.6
    values[:, run.column("alive", "i6[0]")] = alive
    run.append(values)
    drawn = trace(draw("drop_raster", run, kinds), "-drop_raster")
    size = -(-num_steps // 128)
    cells = [alive[start : start + size].mean() for start in range(0, num_steps, size)]
    np.testing.assert_allclose(np.array(drawn.z[0], dtype=float), cells, atol=6e-4)


def wilson(successes, trials):
    """Both roots of (p̂ - p)² = z² p (1 - p) / n, which is the interval's definition."""
    z, share = 1.959964, successes / trials
    return sorted(np.roots([1 + z**2 / trials, -(2 * share + z**2 / trials), share**2]).real)


@pytest.mark.parametrize("num_steps", [1, 50, 700, 5000])
def test_observed_survival_is_counted_over_all_steps_with_wilson_s_interval(record, kinds, num_steps):
    run = record(blocks=BLOCKS[4:5], num_steps=num_steps)
    values = np.ones((num_steps, len(run.series)), dtype=np.float32)
    alive = np.random.default_rng(3).random(num_steps) < 0.75
    values[:, run.column("alive", "i6[0]")] = alive
    run.append(values)
    figure = draw("survival", run, kinds)
    observed = trace(figure, "-observed")
    low, high = wilson(alive.sum(), num_steps)
    assert observed.y[0] == pytest.approx(alive.mean(), abs=1e-4)
    assert observed.y[0] - observed.error_y.arrayminus[0] == pytest.approx(low, abs=1e-4)
    assert observed.y[0] + observed.error_y.array[0] == pytest.approx(high, abs=1e-4)
    assert trace(figure, "-planned").y == (0.75,)


def empties(run, kinds):
    view = LiveView([run.shown], kinds)
    message = view.data()
    view.close()
    return {chart["id"]: chart["empty"] for chart in message["charts"]}


def test_what_a_tower_cannot_show_is_explained(record, kinds):
    found = empties(record(blocks=BLOCKS[:1], probed_every=10), kinds)
    assert all(
        found[chart_id].startswith("This tower has no highway blocks") for chart_id in ("gate_map", "gate_profile")
    )
    assert all(found[id].startswith("This tower has no stochastic-depth blocks") for id in ("drop_raster", "survival"))
    assert "every 10th step" in found["activation_map"]
    without = empties(record("r2", blocks=[], probed_every=10), kinds)
    assert all("no blocks" in without[id] for id in ("depth_profile", "activation_map"))
    assert without["update_ratio"].startswith("How far each update moves")


def test_a_run_of_an_earlier_version_opens_and_says_what_is_missing(record, kinds, invented):
    run = record()
    run.append(invented(30))
    found = empties(run, kinds)
    assert all(EARLIER in found[id] for id in ("activation_profile", "activation_map", "update_map", "update_ratio"))
    assert not any(EARLIER in found[id] for id in ("depth_profile", "gradient_map", "drop_raster", "survival"))
    assert len(trace(draw("depth_profile", run, kinds), "-dot-residual").y) == 2


def long_run(record, kind):
    """100 blocks and 100,000 steps, as the trainer flushes them."""
    blocks = [{"address": f"i1[{copy}]", "item": "i1", "kind": kind, "depth": copy + 1, "num_parameters": 9,
               "num_trained": 9, "survival_prob": 0.5} for copy in range(100)]  # fmt: skip
    run = record(num_steps=100_000, blocks=blocks, probed_every=10)
    random = np.random.default_rng(0)
    for _ in range(20):
        values = np.exp(random.normal(size=(5000, len(run.series)))).astype(np.float32)
        alive = [each.id for each in run.series if each.quantity == "alive"]
        values[:, alive] = values[:, alive] < 1
        run.append(values)
    return run


@pytest.mark.parametrize("kind", ["residual", "stochastic_depth"])
def test_a_map_of_a_hundred_blocks_and_a_hundred_thousand_steps_is_under_200_kib(record, kinds, kind):
    run = long_run(record, kind)
    began = time.perf_counter()
    view, assembly = LiveView([run.shown], kinds), Assembly()
    message = view.data()
    print(f"opened in {time.perf_counter() - began:.2f} s, {len(json.dumps(message)) / KIB:.0f} KiB")
    assert assembly.apply(message)
    view.close()
    for chart in message["charts"]:
        for drawn in (each for each in chart["figure"]["data"] if "columns" in each.get("meta", {})):
            table = message["tables"][drawn["meta"]["table"]]
            sent = {name: table["columns"][name] for name in drawn["meta"]["columns"]}
            size = len(json.dumps([sent, drawn], separators=(",", ":")))
            assert 10 * KIB < size < 200 * KIB, chart["id"]
