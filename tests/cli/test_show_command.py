import json
import subprocess
import sys
from pathlib import Path

import pytest

from builder.cli.main import main
from builder.spec import parse_experiment
from builder.spec.presets.registry import DEFAULT_PRESET, PRESETS, STUDIES, STUDY_OF


def test_presets_are_listed_with_the_default_marked(builder) -> None:
    shown = builder("presets").stdout
    assert all(f"\n{name}" in f"\n{shown}" for name in PRESETS)
    assert f"{DEFAULT_PRESET} (default)" in shown


def test_presets_are_listed_by_study_with_their_comparisons(builder) -> None:
    for study in STUDIES.values():
        shown = " ".join(builder("presets", "--study", study.name).stdout.split())
        assert f"{study.title} ({study.name}" in shown
        assert all(comparison.title in shown for comparison in study.comparisons)
        listed = [name for name in PRESETS if f" {name}: " in shown or f" {name} (default): " in shown]
        assert listed == [name for name in PRESETS if STUDY_OF[name] is study]


def test_a_study_that_is_not_there_is_refused_with_those_that_are(builder) -> None:
    done = builder("presets", "--study", "nothing")
    assert done.returncode == 2
    assert next(iter(STUDIES)) in done.stderr


def test_presets_as_json_name_their_study_and_its_comparisons(builder) -> None:
    study = next(study for study in STUDIES.values() if study.comparisons)
    rows = json.loads(builder("presets", "--study", study.name, "--json").stdout)
    assert [row["name"] for row in rows] == [preset.name for preset in study.presets]
    assert {row["study"] for row in rows} == {study.name}
    comparison = study.comparisons[0]
    assert {row["name"] for row in rows if comparison.name in row["comparisons"]} == set(comparison.presets)


def test_presets_as_json_name_title_and_size(builder) -> None:
    rows = json.loads(builder("presets", "--json").stdout)
    assert [row["name"] for row in rows] == list(PRESETS)
    assert all(row["num_parameters"] > 0 and row["title"] and row["story"] for row in rows)


def test_show_counts_a_tower_as_arithmetic_does(builder, tiny: Path) -> None:
    shown = json.loads(builder("show", tiny, "--json").stdout)
    stem, block, head = 2 * 8 + 8, 8 * 8 + 8, 8 * 2 + 2
    assert shown["num_parameters"] == stem + 2 * block + head
    assert shown["num_macs"] == 2 * 8 + 2 * 8 * 8 + 8 * 2
    assert shown["problems"] == []
    rows = {row["id"]: row for row in shown["items"]}
    assert list(rows) == ["i1", "i2", "i3", "i4", "i5"]
    assert (rows["i3"]["kind"], rows["i3"]["copies"], rows["i3"]["num_parameters"]) == ("residual", 2, 2 * block)
    assert (rows["i1"]["in_shape"], rows["i5"]["out_shape"]) == ([2], [2])
    groups = {row["name"]: row for row in shown["groups"]}
    assert groups["bodies"]["num_parameters"] == 2 * block
    assert groups["rest"]["learning_rate"] == 0.05


def test_show_draws_a_table_with_items_groups_and_totals(builder, tiny: Path) -> None:
    shown = builder("show", tiny).stdout
    assert "repeat ×2" in shown
    assert "    i4" in shown
    assert "bodies" in shown
    assert "186 parameters" in shown


@pytest.mark.parametrize("name", PRESETS)
def test_the_printed_document_is_the_preset(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["show", name, "--document"]) == 0
    assert parse_experiment(capsys.readouterr().out) == PRESETS[name].experiment()


def test_a_shape_that_cannot_be_is_told_with_its_item(builder, change) -> None:
    def widen(document) -> None:
        document["network"]["items"][1]["items"][0]["body"][0]["out_features"] = 9

    done = builder("show", change(widen), "--json")
    assert done.returncode == 2
    assert "i3" in done.stderr
    problems = json.loads(done.stdout)["problems"]
    assert [problem["item"] for problem in problems] == ["i3"]
    assert "9" in problems[0]["message"]
    assert "8" in problems[0]["message"]


def test_an_unknown_experiment_is_told_with_the_known_ones(builder) -> None:
    done = builder("show", "no-such-thing")
    assert done.returncode == 2
    assert DEFAULT_PRESET in done.stderr
    assert "Traceback" not in done.stderr


def test_the_reader_may_leave_early(builder, tmp_path: Path) -> None:
    """As `show ... | head -1` does: no traceback."""
    words = f"{sys.executable} -m builder show digits-four-kinds --json | head -c 1"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=False)  # noqa: S607
    assert done.stdout == "{"
    assert done.stderr == ""
