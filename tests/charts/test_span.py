"""Charts over depth say of any step what its rows say, or the mean of a bin, recomputed here from the values."""

import json
import math

import numpy as np
import pytest
from test_instruments import BLOCKS

from builder.charts import LiveView, SharedView
from builder.workspace.rows import ABSENT

NUM_STEPS = 12_000
STRIDE = 4
KIB = 1024


@pytest.fixture
def long_run(record):
    """A run whose first steps are kept as means of bins only, and all values that it recorded, float32."""
    run = record(blocks=BLOCKS, probed_every=STRIDE, num_steps=NUM_STEPS)
    random = np.random.default_rng(0)
    values = np.exp(random.normal(size=(NUM_STEPS, len(run.series)))).astype(np.float32)
    for block in BLOCKS[4:]:
        alive = random.random(NUM_STEPS) < 0.75
        values[:, run.column("alive", block["address"])] = alive
        values[~alive, run.column("grad_norm", block["address"])] = ABSENT
    # One is dropped in a whole bin.
    gone = slice(1024, 1040)
    values[gone, run.column("alive", "i6[1]")] = 0
    values[gone, run.column("grad_norm", "i6[1]")] = ABSENT
    for start in range(0, NUM_STEPS, 250):
        run.append(values[start : start + 250])
    return run, values


@pytest.fixture
def view(long_run, kinds):
    view = LiveView([long_run[0].shown], kinds)
    view.data()
    yield view
    view.close()


def drawn(found):
    """Heights by depth of one run's filled and hollow markers."""
    dots = {}
    for uid, fill in found["fills"].items():
        if "-dot-" in uid or uid.endswith("-dropped"):
            dots.update(zip(fill["x"], fill["y"], strict=True))
    return dots


def hollow(found):
    return next(fill for uid, fill in found["fills"].items() if uid.endswith("-dropped"))


@pytest.mark.parametrize("step", [NUM_STEPS, 11_003, 9_000])
def test_a_step_that_is_kept_is_shown_as_it_was(long_run, view, step):
    run, values = long_run
    found = view.at("depth_profile", step)
    assert found["note"] == f"step {step:,}"
    dots = drawn(found)
    for block in (each for each in BLOCKS if each["num_trained"]):
        norms = values[step - 32 : step, run.column("grad_norm", block["address"])]
        lived = norms[np.isfinite(norms)]
        assert dots[block["depth"]] == pytest.approx(float(lived[-1]) / math.sqrt(block["num_trained"]), rel=1e-4)
    dropped = [block["depth"] for block in BLOCKS[4:] if not values[step - 1, run.column("alive", block["address"])]]
    assert hollow(found)["x"] == dropped
    assert "dropped in this step" in hollow(found)["hovertemplate"]


def test_long_ago_it_is_the_mean_of_a_bin_and_says_so(long_run, view):
    run, values = long_run
    found = view.at("depth_profile", 1030)
    assert found["note"] == "steps 1,025 to 1,040, mean"
    dots = drawn(found)
    for block in (each for each in BLOCKS[:-1] if each["num_trained"]):
        norms = values[1024:1040, run.column("grad_norm", block["address"])].astype(np.float64)
        assert dots[block["depth"]] == pytest.approx(np.nanmean(norms) / math.sqrt(block["num_trained"]), rel=1e-4)
    before = values[1008:1024, run.column("grad_norm", "i6[1]")].astype(np.float64)
    assert (hollow(found)["x"], hollow(found)["y"]) == ([6], [pytest.approx(np.nanmean(before) / 2, rel=1e-4)])
    assert "dropped in all of these steps" in hollow(found)["hovertemplate"]


def test_what_is_probed_is_of_the_probe_before_the_step_and_long_ago_of_sixteen_probes(long_run, view):
    run, values = long_run
    recent, early = view.at("activation_profile", 11_003), view.at("activation_profile", 1030)
    assert (recent["note"], early["note"]) == ("step 11,000", "steps 1,028 to 1,088, mean")
    for block in BLOCKS:
        column = values[:, run.column("activation_rms", block["address"])].astype(np.float64)
        if block["num_trained"]:
            assert drawn(recent)[block["depth"]] == pytest.approx(column[10_999], rel=1e-4)
            assert drawn(early)[block["depth"]] == pytest.approx(column[1027:1088:STRIDE].mean(), rel=1e-4)


def test_gates_at_any_step_are_the_shares_of_that_probe_or_their_means(long_run, view):
    run, values = long_run
    for step, rows in [(11_003, slice(10_999, 11_000)), (1030, slice(1027, 1088, STRIDE))]:
        found = view.at("gate_profile", step)
        shares = next(fill for uid, fill in found["fills"].items() if uid.endswith("gate_shares"))
        for place in range(10):
            column = values[rows, run.column(f"gate_share_{place}", "i3")].astype(np.float64)
            assert shares["z"][place][0] == pytest.approx(column.mean(), rel=6e-3)


def test_the_newest_step_is_what_messages_show(long_run, kinds):
    view = LiveView([long_run[0].shown], kinds)
    message = view.data()
    assert message["last_step"] == NUM_STEPS
    for chart_id in ("depth_profile", "activation_profile", "gate_profile"):
        found = view.at(chart_id, NUM_STEPS)
        assert found["fills"].items() <= message["fills"].items()
        assert found["note"] == message["notes"][chart_id]
    view.close()


def test_runs_over_each_other_are_shown_at_one_step_and_one_that_is_not_so_far_at_its_newest(record, kinds, invented):
    runs = [record(run_id, name=run_id) for run_id in ("r1", "r2")]
    values = [invented(100), invented(60, seed=1)]
    for run, rows in zip(runs, values, strict=True):
        run.append(rows)
    view = LiveView([run.shown for run in runs], kinds)
    view.data()
    for step, steps, note in [(40, (40, 40), "step 40"), (80, (80, 60), "r1 step 80 · r2 step 60")]:
        found = view.at("depth_profile", step)
        assert found["note"] == note
        for run, rows, of_run in zip(runs, values, steps, strict=True):
            assert found["fills"][f"{run.shown.id}-profile"]["y"][0] == pytest.approx(rows[of_run - 1, 6], rel=1e-4)
    view.close()


def test_only_charts_over_depth_have_a_slider_by_their_stride(long_run, kinds):
    view = LiveView([long_run[0].shown], kinds)
    every = {chart["id"]: chart["every"] for chart in view.data()["charts"] if chart["every"]}
    assert every == {"depth_profile": 1, "activation_profile": STRIDE, "gate_profile": STRIDE}
    assert view.at("loss", 5) is None
    assert view.at("activation_profile", STRIDE - 1) is None
    view.close()


def test_an_answer_of_a_hundred_blocks_is_small(record, kinds):
    blocks = [{"address": f"i1[{copy}]", "item": "i1", "kind": "highway", "depth": copy} for copy in range(1, 101)]
    run = record(blocks=blocks, probed_every=10)
    run.append(np.random.default_rng(0).random((20, len(run.series)), dtype=np.float32))
    view = SharedView(LiveView([run.shown], kinds))
    view.look()
    sizes = {
        chart_id: len(view.at(chart_id, 15)) for chart_id in ("depth_profile", "activation_profile", "gate_profile")
    }
    assert max(sizes.values()) < 12 * KIB, sizes
    assert json.loads(view.at("gate_profile", 15))["note"] == "step 10"
    assert view.at("loss", 15) is None
    view.close()


def test_which_item_of_the_tower_lies_at_which_depth_is_told_once(record, kinds, invented):
    run = record()
    run.append(invented(5))
    view = LiveView([run.shown], kinds)
    first = view.data()
    run.append(invented(5))
    assert first["items"] == ["i2", "i4", "i4", "i5"]
    assert "items" not in view.data()
    depth = {chart["id"]: chart["depth"] for chart in first["charts"] if chart["depth"]}
    assert {depth[id] for id in ("depth_profile", "activation_profile", "gate_profile", "survival")} == {"x"}
    assert {depth[id] for id in ("gradient_map", "activation_map", "update_map", "gate_map", "drop_raster")} == {"y"}
    assert "loss" not in depth
    view.close()
