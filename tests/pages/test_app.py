"""The page as Streamlit runs it, without a browser, and without the processes that it starts: browser tests have them."""

from collections.abc import Iterator
from functools import partial
from html import escape
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from builder.pages import service, studio_actions
from builder.pages.comparing import why_not_comparable
from builder.pages.service import shared_crowd, shared_preflights, shared_workspace
from builder.spec import DocumentError, Problem, dump_experiment, load_experiment
from builder.spec.presets.registry import STUDIES
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.preflights import Preflights
from builder.workspace.store import Workspace

APP = Path(__file__).parents[2] / "builder" / "pages" / "main.py"
SECONDS = 30.0


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("HIGHRISE_WORKSPACE", str(tmp_path / "workspace"))
    # AppTest mocks the connection, and with it the cookies.
    monkeypatch.setattr(type(st.context), "cookies", {})
    supervised: list[Path] = []
    monkeypatch.setattr(service, "ensure_supervisor", lambda workspace: supervised.append(workspace.folder))
    monkeypatch.setattr(service, "Preflights", partial(Preflights, settle_seconds=60.0))
    shared_workspace.clear()
    shared_crowd.cache_clear()
    shared_preflights.cache_clear()
    workspace = Workspace.open()
    yield workspace
    shared_preflights().close()
    shared_preflights.cache_clear()
    assert supervised == [workspace.folder]
    workspace.close()
    shared_workspace.clear()


def shown(**address: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=SECONDS)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def components(app: AppTest) -> list[str]:
    """Names of the mounted components."""
    return sorted({each.proto.component_name for each in app.get("bidi_component")})


def test_the_page_renders_every_component_for_any_address(served):
    entry = served.create_experiment(dump_experiment(load_experiment("digits-four-kinds")))
    run = served.submit(dump_experiment(load_experiment("digits-residual")), queue=False)
    served.set_status(run.id, "stopped")
    known = ({}, {"experiment": entry.id}, {"run": run.id})
    for address in (*known, {"run": "nobody"}, {"experiment": "<b>"}):
        app = shown(**address)
        assert not app.exception
        drawn = ("editor", "live", "mixer", *(["runs"] if address.get("run") == run.id else []), "transport")
        assert components(app) == [f"components.{name}" for name in drawn]
        kept = {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}
        assert kept == (address if address in known else {})


def test_an_open_page_sees_that_a_dead_supervisor_is_replaced(served, monkeypatch):
    shown()
    looked_at = []
    monkeypatch.setattr("builder.pages.studio.replace_dead_supervisor", lambda workspace: looked_at.append(workspace))
    assert not shown().exception
    assert [each.folder for each in looked_at] == [served.folder]


def test_a_workspace_that_cannot_be_written_is_shown_all_the_same_and_the_top_bar_says_why(served, monkeypatch):
    run = served.submit(dump_experiment(load_experiment("digits-residual")), queue=False)
    served.set_status(run.id, "stopped")

    def refuse(*arguments: object) -> None:
        raise WorkspaceUnusable("workspace.db: the disk is full. Free some space.")

    supervise = service.ensure_supervisor
    monkeypatch.setattr(service, "ensure_supervisor", lambda workspace: (supervise(workspace), refuse()))

    def top_bar() -> str:
        (top,) = [each for each in app.get("bidi_component") if each.proto.component_name.endswith("transport")]
        return str(top.proto)

    with monkeypatch.context() as full:
        full.setattr(Workspace, "heartbeat", refuse)
        app = shown(run=run.id)
        assert not app.exception
        assert "the disk is full. Free some space." in top_bar()
        assert len(components(app)) == 5
    app.run()
    assert "the disk is full" not in top_bar()


def texts(app: AppTest) -> str:
    """All markup on the page."""
    return "".join(each.proto.body for each in app.get("html"))


def test_the_address_of_a_study_opens_its_page_and_a_button_starts_its_comparison(served, monkeypatch):
    monkeypatch.setattr(studio_actions, "ensure_supervisor", lambda workspace: None)
    study = next(study for study in STUDIES.values() if study.comparisons)
    app = shown(study=study.name)
    assert not app.exception
    for text in (study.title, study.source, *(preset.name for preset in study.presets)):
        assert escape(text) in texts(app)
    comparison = study.comparisons[0]
    if not why_not_comparable(comparison):
        app.button(f"compare-{comparison.name}").click().run()
        assert not app.exception
        (entry,) = served.experiments()
        assert len(served.runs(experiment_id=entry.id)) == len(comparison.presets)
        assert app.query_params["with"]


def test_a_preset_is_loaded_by_its_button(served):
    study = next(iter(STUDIES.values()))
    app = shown(study=study.name)
    app.button(f"load-{study.presets[-1].name}").click().run()
    assert not app.exception
    (entry,) = served.experiments()
    assert entry.name == study.presets[-1].name


def test_a_study_that_there_is_not_and_a_read_only_view_open_no_page(served):
    run = served.submit(dump_experiment(load_experiment("digits-residual")), queue=False)
    served.set_status(run.id, "stopped")
    for address in ({"study": "nothing"}, {"study": "<b>"}, {"run": run.id, "study": "first-steps"}):
        app = shown(**address)
        assert not app.exception
        assert "hg-head" not in texts(app).replace(".hg-head", "")


def test_measured_results_that_cannot_be_read_are_told_and_the_rest_is_shown(served, monkeypatch):
    def refuse():
        raise DocumentError([Problem(None, "reproductions.json: rows.0", "This key is missing.")])

    # Imported only once Streamlit runs: until then it knows no component.
    shown()
    monkeypatch.setattr("builder.pages.presets_dialog.reproductions", refuse)
    app = shown(study="first-steps")
    assert not app.exception
    assert "rows" in app.error[0].value
    assert "digits-residual" in texts(app)


def test_the_dialog_of_a_race_names_its_runs_and_starts_them(served, monkeypatch):
    monkeypatch.setattr(studio_actions, "ensure_supervisor", lambda workspace: None)
    app = shown()
    app.session_state["highrise"].dialog = "race"
    app.run()
    assert not app.exception
    for text in ("Plain", "Residual", "as in the editor", "arXiv 1512.03385"):
        assert text in texts(app)
    app.text_input("race-depths").input("3, x").run()
    assert app.button("start-race").disabled
    assert "valid integer" in app.info[0].value
    app.text_input("race-depths").input("3, 6").run()
    assert "3 × Residual" in texts(app)
    app.button("start-race").click().run()
    assert not app.exception
    (entry,) = served.experiments()
    runs = served.runs(experiment_id=entry.id)
    assert sorted(run.name for run in runs) == [
        "3 × Plain",
        "3 × Residual",
        "6 × Plain",
        "6 × Residual",
    ]
    app.session_state["highrise"].dialog = "race_result"
    app.run()
    assert not app.exception
    assert "waits for its turn" in texts(app)
