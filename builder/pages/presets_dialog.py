"""The dialog of presets: the studies on the left, the chosen one's page on the right.

A dialog and not a page of the app: the screen beneath stays as it is, its charts go on, and closing it loses nothing.
"""

from pathlib import Path

import streamlit as st

from builder.pages.address import write_address
from builder.pages.comparing import missing_data, why_not_comparable
from builder.pages.data_check import missing_bytes, progress_text
from builder.pages.markdown import plain
from builder.pages.studio_actions import StudioActions
from builder.pages.study_text import comparison_text, heading, measured_table, missing_text, preset_text, study_head
from builder.spec import DocumentError
from builder.spec.presets.base import Comparison, Preset, Study
from builder.spec.presets.registry import STUDIES, STUDY_OF
from builder.spec.presets.reproductions import reproductions
from builder.spec.sizes import bytes_text
from builder.workspace.downloads import Download, download_of

DOWNLOAD_SECONDS = 1.0
STYLE = (Path(__file__).parent / "presets_dialog.css").read_text()
"""Only while the dialog is open: rules for any class that begins so or so make the browser look at the whole page again
whenever a class changes anywhere, at every edit of the tower."""


def presets_dialog(actions: StudioActions) -> None:
    """Every study with its comparisons and presets; loading a preset makes a copy."""
    st.html(f"<style>{STYLE}</style>")
    with st.container(key="gallery"):
        names, page = st.columns([28, 72], gap="medium")
        with names:
            study = _chosen_study(actions)
        # Keyed by the study, so that another one's page begins at its top.
        with page, st.container(key=f"study-{study.name}"):
            _study_page(actions, study)


def _chosen_study(actions: StudioActions) -> Study:
    session, names = actions.session, list(STUDIES)
    of_document = STUDY_OF.get(actions.editing.experiment.name)
    first = session.study if session.study in STUDIES else of_document.name if of_document else names[0]
    chosen = st.radio(
        "Studies",
        names,
        index=names.index(first),
        format_func=lambda name: STUDIES[name].title,
        captions=[_contents(study) for study in STUDIES.values()],
        key="studies",
        label_visibility="collapsed",
    )
    session.study = chosen or first
    write_address(session)
    return STUDIES[session.study]


def _contents(study: Study) -> str:
    presets, comparisons = len(study.presets), len(study.comparisons)
    parts = [f"{presets} preset{'s' if presets != 1 else ''}"]
    if comparisons:
        parts.append(f"{comparisons} comparison{'s' if comparisons != 1 else ''}")
    return " · ".join(parts)


def _study_page(actions: StudioActions, study: Study) -> None:
    st.html(study_head(study))
    missing = missing_data(preset.name for preset in study.presets)
    if missing:
        st.fragment(_downloads, run_every=DOWNLOAD_SECONDS)(actions, missing)
    if study.comparisons:
        st.html(heading("Comparisons", "same seed and batches, drawn over each other"))
        for comparison in study.comparisons:
            _comparison_card(actions, study, comparison)
    _measured(study)
    st.html(heading("Presets", "loading makes a copy; the preset itself stays"))
    for preset in study.presets:
        _preset_row(actions, preset, missing)


def _downloads(actions: StudioActions, missing: dict[str, int]) -> None:
    """What is not on this machine, each with its download."""
    if not all(missing_bytes(dataset) for dataset in missing):
        # One has come: its presets and comparisons can be trained now.
        st.rerun()
    for dataset, num_bytes in missing.items():
        download = download_of(actions.workspace, dataset)
        is_running = bool(download and download.is_running)
        with st.container(key=f"absent-{dataset}", horizontal=True, vertical_alignment="center"):
            st.html(missing_text(dataset, progress_text(download) if download and is_running else ""))
            _download_button(actions, dataset, num_bytes, download)
        if download and download.problem:
            st.error(plain(download.problem))


def _download_button(actions: StudioActions, dataset: str, num_bytes: int, download: Download | None) -> None:
    if download and download.is_running:
        if st.button("Cancel", key=f"cancel-{dataset}", help="End this download; nothing half stays."):
            actions.downloads.cancel(dataset)
            st.rerun(scope="fragment")
    elif st.button(
        f"Download {bytes_text(num_bytes)}", key=f"download-{dataset}", help="It goes on when this is closed."
    ):
        actions.downloads.start(dataset)
        st.rerun(scope="fragment")


def _comparison_card(actions: StudioActions, study: Study, comparison: Comparison) -> None:
    why_not = why_not_comparable(comparison)
    with st.container(key=f"comparison-{comparison.name}", border=True):
        text, button = st.columns([4, 1], vertical_alignment="center")
        text.html(comparison_text(comparison))
        if button.button(
            "Train both" if len(comparison.presets) == 2 else f"Train all {len(comparison.presets)}",
            key=f"compare-{comparison.name}",
            type="primary",
            width="stretch",
            disabled=bool(why_not),
            help=why_not or "Train them as the runs of a new experiment. A run that goes on is not disturbed.",
        ):
            actions.compare(study.name, comparison.name)
            _close_and_show(actions)


def _measured(study: Study) -> None:
    try:
        found = reproductions()
    except DocumentError as error:
        st.error(plain(f"The measured results cannot be read. {error.problems[0]}"))
        return
    rows = found.of_study(study.name) if found else []
    if found and rows:
        st.html(heading("Measured", "beside what was published"))
        st.html(measured_table(rows))


def _preset_row(actions: StudioActions, preset: Preset, missing: dict[str, int]) -> None:
    with st.container(key=f"preset-{preset.name}"):
        text, button = st.columns([6, 1], vertical_alignment="center")
        text.html(preset_text(preset, missing))
        if button.button("Load", key=f"load-{preset.name}", width="stretch", help="Open a copy of it in the editor."):
            actions.open_preset(preset.name)
            _close_and_show(actions)


def _close_and_show(actions: StudioActions) -> None:
    actions.session.dialog = None
    st.rerun()
