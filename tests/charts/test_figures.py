"""Figures say what the rows say, recomputed here without builder.charts."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builder.charts import figures, run_colours, run_dashes
from builder.charts.binning import MAX_BINS
from builder.charts.curves import MAX_DOTS
from builder.charts.look import SYMBOLS, kind_looks
from builder.spec.catalogue import block_styles
from builder.workspace.rows import ABSENT


def trace(figure, ending):
    """The trace whose uid ends so."""
    found = [each for each in figure.data if each.uid.endswith(ending)]
    assert len(found) == 1, [each.uid for each in figure.data]
    return found[0]


def draw(chart_id, recordings, kinds, **options):
    return figures([chart_id], [each.shown for each in recordings], kinds, **options)[chart_id]


def test_loss_of_a_short_run_is_drawn_step_by_step(record, kinds, invented):
    run, values = record(), invented(300)
    run.append(values)
    raw = trace(draw("loss", [run], kinds), "-0_band")
    assert list(raw.x) == list(range(1, 301))
    np.testing.assert_allclose(raw.y, values[:, 0], rtol=1e-4)


def test_the_smooth_line_is_the_average_of_its_definition(record, kinds, invented):
    run, values = record(num_steps=1000), invented(300)
    run.append(values)
    smooth = trace(draw("loss", [run], kinds), "-0_mean-smooth").y
    keep = 0.5 ** (1 / 10)  # half-life: a hundredth of 1000 steps
    for last in (1, 2, 50, 300):
        weights = keep ** np.arange(last)[::-1]
        expected = np.sum(weights * values[:last, 0]) / np.sum(weights)
        assert smooth[last - 1] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("num_steps", [3000, 5000, 20_000])
def test_a_single_spike_is_drawn_however_long_the_run(record, kinds, invented, num_steps):
    run, values = record(num_steps=num_steps), invented(num_steps)
    values[num_steps // 3, 0] = 77
    run.append(values)
    raw = trace(draw("loss", [run], kinds), "-0_band")
    assert len(raw.y) <= 1024
    assert max(raw.y) == 77
    assert abs(raw.x[raw.y.index(77)] - num_steps // 3) <= num_steps / 128


@pytest.mark.parametrize("size", [2, 4, 8, 16, 64])
def test_a_point_is_the_mean_of_its_steps(record, kinds, invented, size):
    num_steps = 512 * size - 3
    run, values = record(num_steps=num_steps), invented(num_steps)
    run.append(values)
    mean = trace(draw("grad_norm", [run], kinds), "-2_mean")
    expected = [values[start : start + size, 2].mean(dtype=np.float64) for start in range(0, num_steps, size)]
    np.testing.assert_allclose(mean.y, expected, rtol=2e-4)
    assert mean.x[0] == (1 + size) / 2


def test_what_is_not_finite_is_a_gap_with_a_mark(record, kinds, invented):
    run, values = record(), invented(100)
    values[40, 0], values[60, 0] = np.nan, np.inf
    run.append(values)
    figure = draw("loss", [run], kinds)
    assert trace(figure, "-0_band").y[40] is None
    marks = trace(figure, "-0_bad")
    assert [x for x, y in zip(marks.x, marks.y, strict=True) if y is not None] == [41, 61]
    json.dumps(figure.to_plotly_json(), allow_nan=False, default=list)


def test_a_norm_of_zero_lies_on_the_floor_and_says_so(record, kinds, invented):
    run, values = record(), invented(100)
    values[:, 2] = 0.02
    values[50, 2] = 0
    run.append(values)
    figure = draw("grad_norm", [run], kinds)
    curve = trace(figure, "-2_mean")
    assert curve.y[50] == pytest.approx(1e-3)
    assert "exactly 0" in curve.text[50]
    assert not curve.text[49]
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.yaxis.ticktext[0] == "0"
    assert figure.layout.yaxis.tickvals[0] == pytest.approx(1e-3)


def test_the_depth_profile_shows_the_last_step_and_dropped_blocks_hollow(record, kinds, invented):
    run, values = record(), invented(80)
    values[-3, -2:] = 0.5, 1
    values[-2:, -2:] = ABSENT, 0
    run.append(values)
    figure = draw("depth_profile", [run], kinds)
    residual = trace(figure, "-dot-residual")
    assert list(residual.x) == [2, 3]
    np.testing.assert_allclose(residual.y, values[-1, 7:9], rtol=1e-4)
    assert residual.marker.symbol == kinds["residual"].symbol
    assert residual.marker.color == kinds["residual"].colour
    assert not trace(figure, "-dot-stochastic_depth").x
    dropped = trace(figure, "-dropped")
    assert (list(dropped.x), list(dropped.y)) == ([4], [0.5])
    assert dropped.marker.symbol[0].endswith("-open")


def test_a_dropped_block_with_a_trained_shortcut_is_hollow_although_it_has_a_gradient(record, kinds, invented):
    run, values = record(), invented(80)
    values[:, -2:] = 0.25, 1
    values[-1, -2:] = 0.001, 0
    run.append(values)
    dropped = trace(draw("depth_profile", [run], kinds), "-dropped")
    assert (list(dropped.x), list(dropped.y)) == ([4], [0.25])


def test_a_group_named_like_a_block_is_another_curve(record, kinds, invented):
    run, values = record(groups=[{"name": "i2", "colour": "#2F7FD0"}]), invented(10, num_series=9)
    values[:, 2], values[:, 4] = 7, 3
    run.append(values)
    assert trace(draw("grad_norm", [run], kinds), "-2_mean").y[-1] == 7
    assert trace(draw("depth_profile", [run], kinds), "-dot-plain").y[0] == 3


def test_a_block_absent_for_long_is_left_out_and_a_broken_one_marked(record, kinds, invented):
    run, values = record(), invented(80)
    values[:, -2:] = ABSENT, 0
    values[-1, -3] = np.nan
    run.append(values)
    figure = draw("depth_profile", [run], kinds)
    assert not trace(figure, "-dropped").x
    assert list(trace(figure, "-profile_bad").x) == [3]
    assert list(trace(figure, "-dot-residual").x) == [2]


def test_the_map_leaves_dropped_steps_out_of_its_means(record, kinds, invented):
    run, values = record(num_steps=400), invented(400)
    run.append(values)
    drawn = trace(draw("gradient_map", [run], kinds), "-map")
    assert list(drawn.y) == [1, 2, 3, 4]
    lived = values[:4, -2][np.isfinite(values[:4, -2])]
    assert drawn.z[3][0] == pytest.approx(math.log10(lived.mean()), abs=1e-3)
    assert len(drawn.z[0]) == 100


@pytest.mark.parametrize(
    ("smallest", "ticks"),
    [
        (0.5, ["6e-1", "8e-1", "1"]),
        (1e-4, ["1e-4", "1e-3", "1e-2", "1e-1", "1e0"]),
        (1e-6, ["1e-6", "1e-4", "1e-2", "1e0"]),
        (1e-23, ["1e-20", "1e-15", "1e-10", "1e-5", "1e0"]),
    ],
)
def test_the_ticks_of_the_maps_colours_are_those_of_an_axis_and_few(record, kinds, invented, smallest, ticks):
    run, values = record(num_steps=40), invented(40)
    values[:, -5:-1] = 1.0
    values[:, -2] = smallest
    run.append(values)
    drawn = trace(draw("gradient_map", [run], kinds), "-map")
    powers = [power for row in drawn.z for power in row]
    assert (max(powers), round(min(powers), 3)) == (0, round(math.log10(smallest), 3))
    assert list(drawn.colorbar.ticktext) == ticks


def test_of_a_thousand_evaluations_all_are_on_the_line_and_some_have_dots(record, kinds, invented):
    run = record()
    run.append(invented(40))
    for place in range(MAX_BINS):
        run.writer.add_evaluation(40, place, "validation", {"loss": 1.0 + place, "accuracy": 0.5})
    validation = trace(draw("loss", [run], kinds), "-validation-loss")
    assert list(validation.y) == [1.0 + place for place in range(MAX_BINS)]
    assert validation.marker.maxdisplayed == MAX_DOTS < MAX_BINS


def test_validation_is_dashed_and_the_matrix_is_the_newest(record, kinds, invented):
    run = record()
    run.append(invented(50))
    run.writer.add_evaluation(20, 1, "validation", {"loss": 2.0, "accuracy": 0.5}, np.array([[1, 1], [0, 0]]))
    run.writer.add_evaluation(40, 2, "validation", {"loss": 1.5, "accuracy": 0.75}, np.array([[3, 1], [0, 4]]))
    drawn = figures(["loss", "accuracy", "confusion"], [run.shown], kinds, class_names=["<i>a</i>", "b"])
    validation = trace(drawn["loss"], "-validation-loss")
    assert (list(validation.x), list(validation.y), validation.line.dash) == ([20, 40], [2.0, 1.5], "dash")
    assert drawn["accuracy"].layout.yaxis.tickformat == ".0%"
    matrix = trace(drawn["confusion"], "-confusion")
    assert [list(row) for row in matrix.z] == [[0.75, 0.25], [0, 1]]
    assert matrix.x[0] == "&lt;i&gt;a&lt;/i&gt;"


def test_counts_in_cells_have_the_colour_of_the_theme_s_text(record, kinds, invented):
    run = record()
    run.append(invented(50))
    run.writer.add_evaluation(40, 2, "validation", {"accuracy": 0.75}, np.array([[3, 1], [0, 4]]))
    for theme, colour in [("light", "#1B2330"), ("dark", "#E7EBF2")]:
        assert trace(draw("confusion", [run], kinds, theme=theme), "-confusion").textfont.color == colour


def test_an_intervention_is_a_flag_on_every_step_axis(record, kinds, invented):
    run = record()
    run.append(invented(100))
    run.writer.add_intervention(50, "set_learning_rate", "<b>Gates</b>", 0.01)
    run.writer.add_intervention(70, "set_learning_rate", "<b>Gates</b>", 0.005)
    drawn = figures(["loss", "grad_norm", "depth_profile"], [run.shown], kinds)
    for chart_id in ("loss", "grad_norm"):
        layout = drawn[chart_id].layout
        assert [shape.x0 for shape in layout.shapes] == [50, 70]
        assert layout.shapes[0].line.dash == "dash"
        assert {shape.layer for shape in layout.shapes} == {"below"}
        assert {(each.y, each.yanchor) for each in layout.annotations} == {(1, "bottom")}
        assert len({each.yshift for each in layout.annotations}) == 2
        assert layout.annotations[0].text == "&lt;b&gt;Gates&lt;/b&gt; → 0.01"
        assert layout.annotations[1].text == "&lt;b&gt;Gates&lt;/b&gt; ×½"
    assert not drawn["depth_profile"].layout.shapes


def test_a_dragged_slider_leaves_one_flag_with_the_whole_change(record, kinds, invented):
    run = record()
    run.append(invented(800))
    for step, rate in [(10, 0.08), (500, 0.06), (501, 0.05), (503, 0.04)]:
        run.writer.add_intervention(step, "set_learning_rate", "Bodies", rate)
    labels = [each.text for each in draw("loss", [run], kinds).layout.annotations]
    assert labels == ["Bodies → 0.08", "Bodies ×½"]


def test_runs_over_each_other_differ_in_line_style_too_and_groups_in_markers(record, kinds, invented):
    dashes = run_dashes(["r9", "r1"])
    assert len(set(run_dashes("abcdef").values())) == 6
    runs = [record(run_id, name=f"run {run_id}") for run_id in ("r1", "r9")]
    shown = [replace(run.shown, dash=dashes[run.shown.id], label=f"#{run.shown.id}") for run in runs]
    for run in runs:
        run.append(invented(50))
    drawn = figures(["loss", "grad_norm", "depth_profile"], shown, kinds)
    for run in shown:
        thick = trace(drawn["loss"], f"{run.id}-0_mean-smooth")
        assert (thick.line.dash, thick.name) == (run.dash, run.label)
        assert f"{run.name}, smoothed" in thick.hovertemplate
        assert trace(drawn["depth_profile"], f"{run.id}-profile").line.dash == run.dash
        groups = [trace(drawn["grad_norm"], f"{run.id}-{place}_mean") for place in (2, 3)]
        assert {group.line.dash for group in groups} == {run.dash}
        assert len({group.marker.symbol for group in groups}) == 2
    alone = figures(["loss"], shown[:1], kinds)["loss"]
    assert trace(alone, "r1-0_mean-smooth").line.dash == "solid"


def test_a_flag_among_several_runs_says_whose_it_is(record, kinds, invented):
    runs = [record(run_id, name=f"run {run_id}") for run_id in ("r1", "r9")]
    for run in runs:
        run.append(invented(50))
    runs[1].writer.add_intervention(20, "set_learning_rate", "Bodies", 0.1)
    (flag,) = draw("loss", runs, kinds).layout.annotations
    assert flag.text == "run r9: Bodies → 0.1"


def test_runs_over_each_other_keep_their_colours(record, kinds, invented):
    colours = run_colours(["r9", "r1"])
    runs = [record(run_id, name=f"{run_id} <b>", colour=colours[run_id]) for run_id in ("r1", "r9")]
    for run in runs:
        run.append(invented(50))
    for chart_id, ending in [("loss", "0_mean-smooth"), ("grad_norm", "2_mean"), ("depth_profile", "profile")]:
        figure = draw(chart_id, runs, kinds)
        for run in runs:
            drawn = trace(figure, f"{run.shown.id}-{ending}")
            assert drawn.line.color == colours[run.shown.id]
            assert "<b>" not in drawn.name
    later = run_colours(["r9", "r1", "r5"])
    assert {run_id: later[run_id] for run_id in colours} == colours
    assert len(set(later.values())) == 3


def test_groups_have_their_own_colours_in_one_run(record, kinds, invented):
    run = record()
    run.append(invented(20))
    figure = draw("grad_norm", [run], kinds)
    assert trace(figure, "-2_mean").line.color == "#2F7FD0"
    assert trace(figure, "-3_mean").name == "&lt;b&gt;Gates&lt;/b&gt;"


def test_every_kind_of_the_catalogue_has_a_marker_of_its_own():
    looks = kind_looks(block_styles())
    assert len({look.symbol for look in looks.values()}) == len(looks) >= 4
    assert len({look.colour for look in looks.values()}) == len(looks)


def test_a_kind_the_catalogue_does_not_know_is_drawn_all_the_same(record, invented):
    run = record()
    run.append(invented(20))
    assert trace(draw("depth_profile", [run], {}), "-dot-stochastic_depth").name == "stochastic depth"


def test_an_unknown_chart_or_theme_is_named(record, kinds):
    with pytest.raises(KeyError, match="no chart 'lossy'"):
        draw("lossy", [record()], kinds)
    with pytest.raises(ValueError, match="no theme 'sepia'"):
        draw("loss", [record("r2")], kinds, theme="sepia")


def test_the_page_knows_the_form_of_every_marker_of_a_curve():
    known = (Path(__file__).parents[2] / "components/frontend/src/shared/symbols.ts").read_text()
    for symbol in (*SYMBOLS, "star", "x"):
        assert re.search(rf'^  "?{symbol}"?: "M', known, re.MULTILINE), symbol
