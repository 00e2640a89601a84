"""What charts show of a finding: the arrays of run.db, no more and no less, and words where there are none."""

import base64
import json
import struct
import zlib

import numpy as np
import pytest

from builder.charts import LiveView, figures, read_content
from builder.charts.assembly import Assembly
from builder.charts.contents import KINDS
from builder.charts.png import encode_png, sheet_of
from builder.workspace.rows.findings import MAX_FINDINGS

NAMES = ["cat", "<b>dog</b>", "emu"]
HIGHWAYS = [
    {"address": f"i{depth}", "item": f"i{depth}", "kind": kind, "depth": depth}
    for depth, kind in enumerate(["plain", "highway", "residual", "highway"], 1)
]


def mistakes(num=3, seed=0, looks="pictures"):
    random = np.random.default_rng(seed)
    arrays = {
        "sample": random.permutation(100)[:num].astype(np.int32),
        "true": np.array([0, 1, 2, 0, 1, 2][:num], np.int16),
        "predicted": np.array([1, 2, 0, 2, 0, 1][:num], np.int16),
        "loss": np.array([9.876, 5, np.nan, 3, 2, 1][:num], np.float32),
        "score": np.array([0.999, 0.75, 0.5, 0.5, 0.5, 0.5][:num], np.float32),
        "true_score": np.full(num, 0.001, np.float32),
        "num_wrong": np.array(num, np.int32),
        "num_samples": np.array(120, np.int32),
        "num_worst": np.array(min(num, 4), np.int32),
        "is_probability": np.array(True),
    }
    if looks == "pictures":
        arrays["pictures"] = random.integers(256, size=(num, 4, 5, 3)).astype(np.uint8)
    elif looks == "points":
        arrays["points"] = random.uniform(-1.5, 1.5, (num, 2)).astype(np.float32)
    return arrays


def class_gates():
    random = np.random.default_rng(1)
    return {
        "depth": np.array([2, 4], np.int32),
        "by_class": np.array([[0.1, 0.2, np.nan], [0.5, 0.3, np.nan]], np.float32),
        "mean": np.array([0.16, 0.38], np.float32),
        "num_samples": np.array([4, 6, 0], np.int32),
        "of_sample": np.array([[0.11, 0.22], [0.55, 0.33]], np.float32),
        "sample": np.array([5, 9], np.int32),
        "true": np.array([0, 1], np.int16),
        "predicted": np.array([0, 2], np.int16),
        "loss": np.array([0.1, 3], np.float32),
        "score": np.array([0.9, 0.8], np.float32),
        "true_score": np.array([0.9, 0.1], np.float32),
        "is_probability": np.array(True),
        "pictures": random.integers(256, size=(2, 4, 4, 1)).astype(np.uint8),
    }


def boundary():
    return {
        "predicted": np.array([[0, 1], [1, 1]], np.uint8),
        "score": np.array([[255, 255], [128, 192]], np.uint8),
        "extent": np.array([-1, 1, -2, 2], np.float32),
        "train_points": np.array([[0.5, -0.5]], np.float32),
        "validation_points": np.array([[0.25, 1], [-0.125, -1]], np.float32),
        "train_targets": np.array([1], np.uint8),
        "validation_targets": np.array([0, 1], np.uint8),
        "is_probability": np.array(True),
    }


def filters():
    weights = np.array([[0, 128], [255, 1]], np.uint8).reshape(2, 1, 2, 1)
    scale, address = np.array(0.5, np.float32), np.array("i1.weight")
    return {"filters": weights, "scale": scale, "num_filters": np.array(7, np.int32), "address": address}


ALL = {"mistakes": mistakes, "boundary": boundary, "filters": filters, "class_gates": class_gates}


@pytest.fixture
def looked(record):
    """A run of one step that looks at its evaluations."""

    def start(kinds=KINDS, names=NAMES, **options):
        run = record(**options)
        run.writer.set_info({"findings": list(kinds), "class_names": names})
        run.append(np.ones((1, len(run.series)), np.float32))
        return run

    return start


def evaluate(run, step=1, **findings):
    run.writer.add_evaluation(step, step / 50, "validation", {"accuracy": 0.5}, findings=findings)


def content_of(run, arrays, kind):
    evaluate(run, **{kind: arrays})
    view = LiveView([run.shown], {})
    number = view.data()["tables"][f"r1/{kind}"]["x"][-1]
    view.close()
    content = read_content(run.shown, number)
    return json.loads(json.dumps(content, allow_nan=False))


def decoded(png):
    """Pixels `[height, width, channels]` of a PNG file without filters, read by the format's own rules."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    place, chunks = 8, {}
    while place < len(png):
        (size,), name = struct.unpack(">I", png[place : place + 4]), png[place + 4 : place + 8]
        data = png[place + 8 : place + 8 + size]
        assert struct.unpack(">I", png[place + 8 + size : place + 12 + size]) == (zlib.crc32(name + data),)
        chunks[name] = data
        place += 12 + size
    width, height, depth, colours = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    channels = {0: 1, 2: 3}[colours]
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + width * channels)
    assert depth == 8
    assert not lines[:, 0].any()
    return lines[:, 1:].reshape(height, width, channels)


def pictures_in(sheet):
    """Each place of a sheet, row by row."""
    pixels = decoded(base64.b64decode(sheet["uri"].removeprefix("data:image/png;base64,")))
    size = (sheet["num_rows"], sheet["height"], sheet["num_columns"], sheet["width"], pixels.shape[2])
    return pixels.reshape(size).swapaxes(1, 2).reshape(-1, sheet["height"], sheet["width"], pixels.shape[2])


@pytest.mark.parametrize("channels", [1, 3])
def test_a_png_holds_its_pixels(channels):
    pixels = np.random.default_rng(0).integers(256, size=(7, 9, channels)).astype(np.uint8)
    assert decoded(encode_png(pixels)).tolist() == pixels.tolist()


@pytest.mark.parametrize("num_pictures", [1, 11, 12, 13, 30])
def test_pictures_stand_in_a_sheet_in_their_order(num_pictures):
    pictures = np.random.default_rng(0).integers(256, size=(num_pictures, 3, 2, 1)).astype(np.uint8)
    found = pictures_in(sheet_of(pictures).to_json())
    assert found[:num_pictures].tolist() == pictures.tolist()
    assert not found[num_pictures:].any()


def test_tiles_of_mistakes_say_what_was_taken_for_what(looked):
    arrays = mistakes()
    wall = content_of(looked(), arrays, "mistakes")["wall"]
    assert [(each["title"], each["text"]) for each in wall["tiles"]] == [
        ("cat → <b>dog</b>", "9.88 · 99.9%"),
        ("<b>dog</b> → emu", "5 · 75.0%"),
        ("emu → cat", "not finite · 50.0%"),
    ]
    sample = arrays["sample"][0]
    assert wall["tiles"][0]["hover"] == (
        f"Validation sample {sample}: cat, taken for <b>dog</b> (99.9%; for its true class 0.1%), loss 9.88"
    )
    assert [(each["true"], each["predicted"]) for each in wall["tiles"]] == [(0, 1), (1, 2), (2, 0)]
    assert wall["summary"] == "3 of 120 wrong"
    assert (wall["classes"], wall["num_first"]) == (NAMES, 3)
    assert pictures_in(wall["sheet"])[:3].tolist() == arrays["pictures"].tolist()


def test_mistakes_in_the_plane_are_points_and_outputs_of_a_squared_error_are_called_so(looked):
    arrays = {**mistakes(looks="points"), "is_probability": np.array(False)}
    wall = content_of(looked(), arrays, "mistakes")["wall"]
    np.testing.assert_allclose(wall["points"], arrays["points"], rtol=5e-3)
    assert wall["reach"] >= np.abs(arrays["points"]).max() - 0.01
    assert wall["tiles"][0]["text"] == "9.88 · output 1"
    assert "sheet" not in wall


def test_inputs_that_are_neither_have_words_alone(looked):
    wall = content_of(looked(), mistakes(looks=None), "mistakes")["wall"]
    assert set(wall) == {"tiles", "classes", "num_first", "summary"}


def test_without_mistakes_the_wall_says_so(looked):
    arrays = {**mistakes(), "num_wrong": np.array(0, np.int32)}
    arrays |= {name: arrays[name][:0] for name in ("sample", "true", "predicted", "loss", "score", "pictures")}
    content = content_of(looked(), arrays, "mistakes")
    assert content == {"empty": "No mistakes: all 120 validation samples are given their true class."}


def test_the_plane_has_a_class_and_how_sure_it_is_in_each_cell(looked):
    fills = content_of(looked(names=["one", "two"]), boundary(), "boundary")["fills"]
    plane = fills["r1-boundary"]
    # The whole part is the class, the rest how far the score is from 1/2 to 1.
    np.testing.assert_allclose(plane["z"], [[0.99, 1.99], [1.0, 1.51]], atol=0.01)
    assert plane["customdata"] == [["one, 100.0%", "two, 100.0%"], ["two, 50.2%", "two, 75.3%"]]
    assert (plane["x0"], plane["dx"], plane["y0"], plane["dy"]) == (-0.5, 1, -1, 2)
    dots = fills["r1-boundary-validation"]
    assert (dots["x"], dots["y"], dots["customdata"]) == ([0.25, -0.125], [1, -1], ["one", "two"])
    assert dots["marker"]["color"] == ["#3B7DE0", "#D9822B"]
    assert fills["r1-boundary-train"]["marker"]["color"] == ["#D9822B"]


def test_filters_are_pictures_on_one_scale(looked):
    wall = content_of(looked(), filters(), "filters")["wall"]
    assert wall["summary"] == "i1.weight: 2 of 7 filters, black −0.5, white 0.5"
    assert [each["hover"] for each in wall["tiles"]] == [
        "Filter 0: weights from -0.5 to 0",
        "Filter 1: weights from -0.5 to 0.5",
    ]
    assert pictures_in(wall["sheet"]).tolist() == filters()["filters"].tolist()


def test_gates_by_class_are_their_distance_from_the_mean_over_all(looked):
    content = content_of(looked(blocks=HIGHWAYS), class_gates(), "class_gates")
    cells = content["fills"]["r1-class_gates"]
    assert (cells["x"], cells["y"]) == ([2, 3, 4], ["cat", "&lt;b&gt;dog&lt;/b&gt;", "emu"])
    assert cells["z"] == [[-0.06, None, 0.12], [0.04, None, -0.08], [None] * 3]
    assert cells["customdata"] == [[0.1, None, 0.5], [0.2, None, 0.3], [None] * 3]
    assert (cells["zmin"], cells["zmax"]) == (-0.12, 0.12)
    assert content["fills"]["r1-all_mean"] == {"x": [2, 4], "y": [0.16, 0.38]}


def test_each_sample_has_its_gates_and_those_of_its_class(looked):
    content = content_of(looked(blocks=HIGHWAYS), class_gates(), "class_gates")
    assert [each["r1-sample_gates"]["y"] for each in content["variants"]] == [[0.11, 0.55], [0.22, 0.33]]
    assert [each["r1-class_mean"]["y"] for each in content["variants"]] == [[0.1, 0.5], [0.2, 0.3]]
    assert [each["hover"] for each in content["wall"]["tiles"]] == [
        "Validation sample 5: cat (90.0%)",
        "Validation sample 9: <b>dog</b>, taken for emu (80.0%)",
    ]
    assert pictures_in(content["wall"]["sheet"]).tolist() == class_gates()["pictures"].tolist()


def test_messages_name_findings_and_put_together_are_those_of_run_db(looked, kinds):
    run = looked()
    view, assembly, full, steady = LiveView([run.shown], kinds), Assembly(), 0, []
    for step in range(1, 2 * MAX_FINDINGS + 20):
        evaluate(run, step, **{kind: make() for kind, make in ALL.items()})
        message = view.data()
        assert assembly.apply(json.loads(json.dumps(message)))
        full += message["full"]
        steady.append(len(json.dumps(message["tables"])))
        late = LiveView([run.shown], kinds)
        again = Assembly()
        assert again.apply(late.data())
        late.close()
        for kind in KINDS:
            assert assembly.tables()[f"r1/{kind}"] == again.tables()[f"r1/{kind}"]
    assert full == 1
    # A row for each kind, now and then all that are left, however large the arrays are.
    assert np.median(steady) < 2000
    assert max(steady) < 40_000
    assert assembly.tables()["r1/filters"]["labels"][-1].startswith(
        "step 147 · epoch 2.94 · validation accuracy 50.00%"
    )
    view.close()


def test_findings_that_a_checkpoint_cut_off_are_gone(looked, kinds):
    run = looked()
    run.append(np.ones((20, len(run.series)), np.float32))
    for step in (5, 10, 15):
        evaluate(run, step, filters=filters())
    view, assembly = LiveView([run.shown], kinds), Assembly()
    assembly.apply(view.data())
    run.writer.truncate_after(10)
    evaluate(run, 10, filters=filters())
    assembly.apply(view.data())
    assert assembly.tables()["r1/filters"]["x"] == [1, 2, 4]
    assert read_content(run.shown, 3) is None
    view.close()


def words(runs, kinds, chart_id):
    view = LiveView([run.shown for run in runs], kinds)
    charts = {each["id"]: each for each in view.data()["charts"]}
    view.close()
    return charts[chart_id]["empty"]


CHARTS = ["mistakes", "boundary", "filters", "class_gates", "sample_gates"]


@pytest.mark.parametrize("chart_id", CHARTS)
def test_a_chart_says_what_will_appear_or_why_nothing_can(looked, record, kinds, chart_id):
    assert words([], kinds, chart_id).startswith("Press Train: at the first evaluation")
    assert words([looked(blocks=HIGHWAYS)], kinds, chart_id).startswith("At the first evaluation")
    earlier = record(run_id="r2", blocks=HIGHWAYS)
    earlier.append(np.ones((1, len(earlier.series)), np.float32))
    assert "earlier version" in words([earlier], kinds, chart_id)
    without = looked(run_id="r3", kinds=["mistakes"])
    reasons = {
        "boundary": "two features",
        "filters": "not pictures",
        "class_gates": "no highway blocks",
        "sample_gates": "no highway blocks",
        "mistakes": "At the first evaluation",
    }
    assert reasons[chart_id] in words([without], kinds, chart_id)


@pytest.mark.parametrize("chart_id", CHARTS)
def test_a_finished_figure_shows_the_newest_finding(looked, kinds, chart_id):
    run = looked(blocks=HIGHWAYS)
    evaluate(run, 1, **{kind: make() for kind, make in ALL.items()})
    figure = figures([chart_id], [run.shown], kinds)[chart_id]
    assert figure.layout.title.text.endswith("step 1 · epoch 0.02 · validation accuracy 50.00%")
    assert len(figure.data) >= 1
    heights = [trace.y for trace in figure.data if trace.type == "scatter"]
    expected = {
        "boundary": [(-0.5,), (1, -1)],
        "sample_gates": [(0.16, 0.38), (0.1, 0.5), (0.11, 0.55)],
    }
    assert [tuple(each) for each in heights] == expected.get(chart_id, [])
    assert (figure.data[0].type == "image") == (chart_id in ("mistakes", "filters"))
