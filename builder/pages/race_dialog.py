"""The dialogs of a race: choosing what runs, and what came of it."""

from pathlib import Path
from typing import Any

import streamlit as st

from builder.charts import depth_figure, kind_looks
from builder.pages.markdown import plain
from builder.pages.race_text import field_table, result_table, verdict_text, what_text
from builder.pages.racing import depth_points, field_of, first_choice, race_of, race_warning
from builder.pages.run_status import looks_of, with_siblings
from builder.pages.studio_actions import StudioActions
from builder.spec import Experiment
from builder.spec.blocks.registry import BLOCKS
from builder.spec.catalogue import block_styles
from builder.spec.races.race import MAX_RUNS, MIXED
from builder.spec.races.twins import INITS, repeats_of
from builder.workspace.races.verdict import verdict

RESULT_SECONDS = 2.0
PLOT_PIXELS = 250
STYLE = (Path(__file__).parent / "race_dialog.css").read_text()


def race_dialog(actions: StudioActions) -> None:
    """What is varied, the runs that this gives, and the start."""
    st.html(f"<style>{STYLE}</style>")
    with st.container(key="race"):
        st.html(what_text())
        asked = _asked(actions.editing.experiment)
        field = field_of(actions.editing.experiment, asked)
        if field.twins:
            st.html(field_table(field))
        why_not = field.problem or actions.downloads.why_not(actions.editing.experiment)
        if why_not:
            st.info(plain(why_not))
        warning = "" if why_not else race_warning(field.sound, actions.workspace.slots())
        if warning:
            st.warning(plain(warning))
        if st.button(
            f"Start {len(field.sound)} runs" if len(field.sound) > 1 else "Start",
            key="start-race",
            type="primary",
            disabled=bool(why_not),
            help=why_not
            or "As the runs of a new experiment, drawn over each other. A run that goes on is not disturbed.",
        ) and actions.race(asked):
            actions.session.dialog = None
            st.rerun()


def _asked(experiment: Experiment) -> dict[str, Any]:
    """What the fields say, as it would come from anywhere."""
    besides, chosen = first_choice(experiment)
    kinds, match = st.columns([3.4, 1.6], vertical_alignment="bottom")
    with kinds:
        wanted = st.pills(
            "Every block as",
            [*besides, *BLOCKS],
            selection_mode="multi",
            default=chosen,
            format_func=lambda kind: "As it is" if kind == MIXED else BLOCKS[kind].title,
            key="race-kinds",
            help="Body and shortcut of each block stay; the own kind is the tower as it is.",
        )
    with match:
        matched = st.checkbox(
            "Match parameters",
            key="race-match",
            help="Brings each kind as near to the tower's own number of parameters as its width allows.",
        )
    repeats = repeats_of(experiment)
    depth, rate, init = st.columns(3)
    with depth:
        depths = st.text_input(
            "Copies of the repeat",
            placeholder="as it is" if repeats else "there is no repeat with a block",
            key="race-depths",
            disabled=not repeats,
            help="As in 5, 10, 20: how often the repeat stacks its blocks. A tower without a repeat has one depth; put "
            "a repeat into it to vary that.",
        )
    with rate:
        rates = st.text_input(
            "Learning rates ×",
            placeholder="1",
            key="race-rates",
            help="As in 0.5, 1, 2: factors on the learning rates of all groups, whose ratios stay.",
        )
    with init:
        inits = st.multiselect(
            "Init",
            list(INITS),
            format_func=lambda name: INITS[name].removesuffix(" init"),
            placeholder="as it is",
            key="race-inits",
            help="Of the network; a layer with an init of its own keeps it. Every combination of what you choose runs, "
            f"at most {MAX_RUNS}.",
        )
    repeat = None
    if depths and len(repeats) > 1:
        repeat = st.selectbox(
            "Which repeat", list(repeats), format_func=lambda name: f"{name}: {repeats[name]}", key="race-repeat"
        )
    return {
        "kinds": list(wanted),
        "match_parameters": matched,
        "depths": _numbers(depths),
        "learning_rates": _numbers(rates),
        "inits": inits,
        "repeat": repeat,
    }


def _numbers(text: str | None) -> list[str]:
    """What stands between commas or blanks; whether these are numbers, the race's schema says."""
    return (text or "").replace(",", " ").split()


def race_result_dialog(actions: StudioActions) -> None:
    """The sentence, the runs, and error against depth, while they go on and afterwards."""
    st.html(f"<style>{STYLE}</style>")
    with st.container(key="race"):
        st.fragment(_result, run_every=RESULT_SECONDS)(actions)


def _result(actions: StudioActions) -> None:
    found = race_of(actions.workspace, actions.editing.experiment_id)
    if not found:
        st.write("This experiment has no race yet.")
        return
    st.html(verdict_text(verdict(found)))
    looks = looks_of(actions.workspace, with_siblings(actions.workspace, [each.run for each in found]))
    st.html(result_table(found, looks))
    points = depth_points(found)
    if points:
        figure = depth_figure(points, kind_looks(block_styles()), st.context.theme.type or "light")
        figure.update_layout(height=PLOT_PIXELS, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)")
        st.plotly_chart(figure, key="race-depth", theme=None, config={"displayModeBar": False})
    st.html(what_text())
