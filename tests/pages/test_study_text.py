"""A study's words as markup: complete, escaped, and without what was not measured."""

import dataclasses
from html import escape

from builder.charts import run_colours
from builder.pages.study_text import comparison_text, measured_table, missing_text, preset_text, study_head
from builder.spec.presets.base import Comparison
from builder.spec.presets.registry import PRESETS, STUDIES
from builder.spec.presets.reproductions import Reproduction

STUDY = STUDIES["first-steps"]
EVIL = "<img src=x onerror=alert(1)> & “more”"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt; &amp; “more”"


def test_the_head_says_all_that_a_study_knows():
    head = study_head(dataclasses.replace(STUDY, title="A < B", published="72 %.", is_reconstruction=True))
    for text in ("A &lt; B", STUDY.watch, "72 %.", escape(STUDY.source), "reconstruction"):
        assert text in head
    plain = study_head(STUDY)
    assert "reconstruction" not in plain
    assert "Published" not in plain


def test_texts_never_become_markup():
    study = dataclasses.replace(STUDY, title=EVIL, story=EVIL, source=EVIL, watch=EVIL, published=EVIL)
    preset = dataclasses.replace(PRESETS["digits-residual"], title=EVIL, story=EVIL, watch=EVIL)
    comparison = Comparison("evil", EVIL, ("digits-residual", "digits-four-kinds"), EVIL)
    texts = dict.fromkeys(
        ("study", "preset", "what", "published", "ours", "subset", "difference", "hardware", "date"), EVIL
    )
    row = Reproduction.model_validate(texts)
    for markup in (
        study_head(study),
        preset_text(preset, {}),
        comparison_text(comparison),
        measured_table([row]),
        missing_text("mnist", EVIL),
    ):
        assert ESCAPED in markup
        assert "<img src=x" not in markup


def test_a_comparison_names_its_runs_in_the_colours_of_the_charts():
    names = ("digits-residual", "digits-four-kinds", "digits-residual")
    text = comparison_text(Comparison("three", "Which?", names, "Watch."))
    for colour, name in zip(run_colours("abc").values(), names, strict=True):
        assert f'background:{colour}"></i>{PRESETS[name].title}' in text


def test_a_preset_says_its_size_its_kinds_and_what_it_needs():
    text = preset_text(PRESETS["digits-four-kinds"], {})
    for part in ("Digits 8×8", "parameters", "10 blocks", 'alt="Highway"', 'alt="Stochastic depth"'):
        assert part in text
    needy = dataclasses.replace(PRESETS["mnist-dense"], sibling="digits-residual")
    assert "needs a download" not in preset_text(needy, {})
    shown = preset_text(needy, {"mnist": 11_594_722})
    assert "needs a download of 11.1 MiB; digits-residual shows the same without" in shown


def test_measured_results_stand_beside_what_was_published():
    row = Reproduction(
        study="s",
        preset="digits-residual",
        what="test accuracy",
        published="72 %",
        ours=96.4,
        seeds=5,
        seconds=340,
        hardware="2 cores",
    )
    table = measured_table([row])
    for cell in ("<td>72 %</td>", "<td>96.4</td>", "<td>5</td>", "<td>6 min</td>", "2 cores"):
        assert cell in table
    assert "hg-note" not in table
    nothing = row.model_copy(update={"published": None, "difference": "Fewer epochs."})
    assert "<td>–</td>" in measured_table([nothing])
    assert "Fewer epochs." in measured_table([nothing])
