"""The one screen: top bar, editor, live charts, learning rates."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from builder.pages.address import write_address
from builder.pages.crowd import DIALOG_SECONDS, tick_seconds
from builder.pages.dialogs import open_dialog
from builder.pages.opening import no_study_text, open_session
from builder.pages.parts import what_parts_show
from builder.pages.presses import act
from builder.pages.run_actions import KINDS, act_on_runs, leave_out_deleted
from builder.pages.run_rows import choice, run_list
from builder.pages.service import (
    note_new_tab,
    shared_crowd,
    shared_drafts,
    shared_preflights,
    shared_run_states,
    shared_workspace,
    tab_owner,
)
from builder.pages.state import Session, begin_session, component_value, current_session
from builder.pages.studio_actions import StudioActions
from builder.spec.catalogue import catalogue
from builder.spec.preflight_question import is_quick
from builder.spec.presets.registry import STUDIES
from builder.workspace.devices import devices
from builder.workspace.errors import WorkspaceError
from builder.workspace.store import Workspace
from builder.workspace.supervision import replace_dead_supervisor
from components.editor import editor
from components.live import live
from components.mixer import mixer
from components.runs import runs
from components.transport import Device, transport

MIXER_HEIGHT = 256
"""Pixels that the mixer and its margins take under the charts."""
STYLE = (Path(__file__).parent / "style.css").read_text()


def page() -> None:
    """Draws the screen."""
    st.html(f"<style>{STYLE}</style>")
    workspace = shared_workspace()
    session = current_session()
    if session is None:
        session = begin_session(_session_of(workspace, st.query_params.to_dict()))
        note_new_tab()
    actions = StudioActions(workspace, session)
    session.is_changed = False
    session.drawn = what_parts_show(actions)
    session.drawn_dialog = session.dialog
    write_address(session)
    session.tick_seconds = tick_seconds(shared_crowd().size, session.tick_seconds)
    # Under a dialog nothing else changes, and Streamlit (1.67) does not take away what a fragment's run no longer draws if
    # the run of another fragment begins before the browser was told of it.
    tick = session.tick_seconds if session.dialog is None else max(session.tick_seconds, DIALOG_SECONDS)
    # Each part has a container of its own, drawn or not, so that a part's place in the page never moves under a tick
    # that is on its way.
    top, body = st.container(), st.container(key="studio")
    left, right = body.columns([57, 43], gap="small")
    picker, charts, rates = right.container(), right.container(), right.container()
    _part(top, "top", _top_bar, actions, tick)
    # What is changed here for it may be lost under way, and is then sent again.
    _part(left, "editor", _editor, actions, None if session.read_only else tick)
    _part(picker, "runs", _runs, actions)
    _part(charts, "charts", _charts, actions)
    # An edit's groups are drawn here and not by a run of the whole page, under which the editor would lose the keys.
    _part(rates, "rates", _mixer, actions, None if session.read_only else tick)
    if session.dialog is not None:
        open_dialog(session.dialog, actions)


def _session_of(workspace: Workspace, address: dict[str, str]) -> Session:
    beside = address.get("with", "").split(",")
    owner = tab_owner(workspace)
    if owner is None:
        st.error("Your key to this Highrise is not known any more. Come in by its link again.")
        st.stop()
    session = open_session(workspace, address.get("experiment"), address.get("run"), beside, owner)
    study = address.get("study")
    if study in STUDIES and not session.read_only:
        session.dialog, session.study = "presets", study
    elif study and study not in STUDIES and session.notice is None:
        session.notify("warning", no_study_text(study), "presets", "Presets")
    return session


def _part(
    place: DeltaGenerator,
    name: str,
    draw: Callable[[StudioActions], None],
    actions: StudioActions,
    seconds: float | None = None,
) -> None:
    """A part of the screen: drawn again alone when something in it is pressed, and every so many seconds."""
    with place:
        st.fragment(partial(draw, actions), key=name, run_every=seconds)()


def _feed(name: str, **query: str | None) -> str:
    """The address of what a component asks for itself; `builder.pages.feed` answers."""
    return f"feed/{name}?{urlencode({key: value for key, value in query.items() if value})}"


def _draw_all_if_changed(session: Session) -> None:
    """A press in one part may have changed what others show."""
    if session.is_changed:
        st.rerun(scope="app")


def _top_bar(actions: StudioActions) -> None:
    workspace, session = actions.workspace, actions.session
    if current_session() is not session:
        # The browser went back or forward: every part of the page is another session's.
        st.rerun(scope="app")
    _draw_all_if_changed(session)
    _keep_watched(workspace, session)
    crowd = shared_crowd()
    crowd.hear(id(session))
    if tick_seconds(crowd.size, session.tick_seconds) != session.tick_seconds:
        st.rerun(scope="app")
    write_address(session)
    run = actions.run()
    is_other = leave_out_deleted(workspace, session)
    if is_other and session.read_only:
        session.notify("warning", "This run was deleted.")
    if is_other or (not session.read_only and actions.follow()) or what_parts_show(actions) != session.drawn:
        st.rerun(scope="app")
    state = shared_run_states().of(run) if run else None
    if run and state:
        for note in state.notes:
            session.tell_once("info", note, about=run.id)
    experiment = actions.editing.experiment
    actions.downloads.follow(experiment)
    why_not = actions.why_not()
    entry = workspace.experiment(actions.editing.experiment_id) if actions.editing.experiment_id else None
    notice = session.notice
    transport(
        {
            "experiment": {"name": experiment.name},
            "can_undo": bool(entry and entry.can_undo),
            "can_redo": bool(entry and entry.can_redo),
            "devices": _devices(actions),
            "device": experiment.training.device,
            "pace": experiment.training.pace,
            "read_only": session.read_only,
            "can_train": not why_not,
            "why_not": why_not,
            "run": {**state.status, "at": time.time()} if state else None,
            "notice": {
                "id": notice.id,
                "kind": notice.kind,
                "text": notice.text,
                "action": {"kind": notice.action, "title": notice.action_title} if notice.action else None,
                "elsewhere": notice.elsewhere,
            }
            if notice
            else None,
            "follow": _feed("run", run=run.id) if run else None,
        },
        key="transport",
        on_action=partial(_act, actions, "transport"),
    )
    if session.dialog != session.drawn_dialog:
        st.rerun(scope="app")


def _keep_watched(workspace: Workspace, session: Session) -> None:
    """The sign of life, and a supervisor that hears it; a workspace that cannot be written is shown all the same."""
    try:
        workspace.heartbeat()
        replace_dead_supervisor(workspace)
    except WorkspaceError as error:
        session.set_trouble(str(error))
    else:
        session.set_trouble("")


def _devices(actions: StudioActions) -> list[Device]:
    """What the top bar offers: automatic, the devices of this machine, and the document's own if it is not among them."""
    chosen = actions.editing.experiment.training.device
    offered: list[Device] = [{"id": "auto", "title": "auto", "note": "the first GPU, else the CPU"}]
    offered.extend(Device(id=each.name, title=each.name, note=each.title) for each in devices(actions.workspace))
    if chosen not in [each["id"] for each in offered]:
        offered.append({"id": chosen, "title": chosen, "note": "not on this machine"})
    return offered


def _act(actions: StudioActions, key: str) -> None:
    # Of an edit and a press that reach the server together, the edit came first.
    _edit(actions)
    actions.session.is_changed = True
    message = component_value(key, "action")
    if isinstance(message, dict) and message.get("kind") == "navigate":
        if not actions.session.is_repeated((key, message.get("nonce"))):
            _navigate(actions, message.get("query"))
    else:
        act(actions, key, message)


def _navigate(actions: StudioActions, query: Any) -> None:
    """Opens what the address names to which the browser went back or forward."""
    address = dict(parse_qsl(query.removeprefix("?"))) if isinstance(query, str) else {}
    session = _session_of(actions.workspace, address)
    if "run" not in address:
        # As it was then: to show a newer run would write another address, and Back would end here.
        session.run_id, session.shown = None, []
    session.address = address
    begin_session(session)


def _editor(actions: StudioActions) -> None:
    session, editing = actions.session, actions.editing
    _draw_all_if_changed(session)
    # The first edit stores the experiment, and a reload right after it must find it.
    write_address(session)
    run = actions.run()
    is_followed = run and (session.read_only or actions.edits_run(run))
    available = actions.downloads.available()
    document, analysis = session.sent.news(editing)
    editor(
        {
            "catalogue": _catalogue(available) if session.sent.catalogue_is_due(available) else None,
            "epoch": editing.epoch,
            "rev": editing.rev,
            "document": document,
            "analysis": analysis,
            "read_only": session.read_only,
            "follow": _feed("run", run=run.id) if run and is_followed else None,
            "for_next_run": actions.has_edits_for_next_run(run),
            "preflight": _preflight(session),
            "draft": _draft(session),
        },
        key="editor",
        on_edit=partial(_edit, actions),
        on_action=partial(_act, actions, "editor"),
    )


def _draft(session: Session) -> str | None:
    """The address where the page asks what an edit makes of the document; None where there are no edits."""
    if session.read_only:
        return None
    shared_drafts().add(session.drafts)
    return f"draft?tab={session.drafts.key}"


def _preflight(session: Session) -> str | None:
    """The address of the answer to the document's preflight, which is asked for here; None where it is not asked for."""
    editing = session.editing
    if session.read_only or editing.analysis.problems or not is_quick(editing.experiment, editing.analysis.num_macs):
        return None
    return _feed("preflight", key=shared_preflights().ask(str(id(session)), editing.experiment))


@contextmanager
def _heard(session: Session) -> Iterator[None]:
    """An edit that has something to say says it at once in the top bar."""
    before = session.num_notices
    yield
    session.is_changed |= session.num_notices != before


def _catalogue(available: dict[str, bool]) -> dict[str, Any]:
    """The catalogue, with what is known of this machine."""
    fixed = catalogue()
    return {**fixed, "datasets": [{**each, "available": available[each["name"]]} for each in fixed["datasets"]]}


def _edit(actions: StudioActions) -> None:
    with _heard(actions.session):
        actions.edit(component_value("editor", "edit"))


def _runs(actions: StudioActions) -> None:
    """Which runs are drawn over each other; the first one is the one in the top bar."""
    session = actions.session
    _draw_all_if_changed(session)
    experiment_id = None if session.read_only else actions.editing.experiment_id
    found = run_list(actions.workspace, experiment_id, session.shown)
    if found["rows"] or found["num_deleted"]:
        follow = _feed("runs", experiment=experiment_id, shown=",".join(session.shown))
        table = _feed("table", experiment=experiment_id) if experiment_id else None
        runs(
            {**found, "read_only": session.read_only, "follow": follow, "table": table},
            key="runs",
            on_choose=partial(_choose_runs, actions),
            on_action=partial(_act_on_runs, actions),
        )


def _act_on_runs(actions: StudioActions) -> None:
    session, message = actions.session, component_value("runs", "action")
    if not isinstance(message, dict) or message.get("kind") not in KINDS:
        _act(actions, "runs")
    elif not session.is_repeated(("runs", message.get("nonce"))):
        # What is written on a run is told by the feed; all parts are drawn again only if another run is drawn now.
        before = list(session.shown)
        with _heard(session):
            act_on_runs(actions.workspace, session, message)
        session.is_changed |= session.shown != before


def _choose_runs(actions: StudioActions) -> None:
    session, sent = actions.session, component_value("runs", "choose")
    if session.read_only or (isinstance(sent, dict) and session.is_repeated(("runs", sent.get("nonce")))):
        return
    chosen = choice(sent, actions.workspace, actions.editing.experiment_id)
    if chosen is not None:
        session.shown, session.run_id, session.is_changed = chosen, chosen[0] if chosen else None, True


def _charts(actions: StudioActions) -> None:
    session = actions.session
    _draw_all_if_changed(session)
    runs = ",".join(session.shown)
    live(
        _feed("charts", runs=runs),
        _feed("profile", runs=runs),
        "feed/finding",
        key="live",
        height=None,
        below=MIXER_HEIGHT,
        read_only=session.read_only,
        on_action=partial(_act, actions, "live"),
    )


def _mixer(actions: StudioActions) -> None:
    session, editing = actions.session, actions.editing
    _draw_all_if_changed(session)
    run = actions.run()
    running = actions.edits_run(run)
    # Groups of another document's run may have the same names and other rates.
    is_shown = running or (session.read_only and run and not run.is_final)
    groups: list[dict[str, Any]] = [
        {
            "name": row.spec.name,
            "colour": row.spec.colour,
            "learning_rate": row.spec.learning_rate,
            "weight_decay": row.spec.weight_decay,
            "frozen": row.spec.frozen,
            "num_parameters": row.num_parameters,
        }
        for row in editing.analysis.groups
    ]
    mixer(
        {
            "document": editing.experiment_id or "",
            "epoch": session.mixing.epoch,
            "rev": session.mixing.rev,
            "groups": groups,
            "running": running,
            "read_only": session.read_only,
            "hint": "A change takes effect at the next step." if running else "",
            "follow": _feed("run", run=run.id) if run and is_shown else None,
        },
        key="mixer",
        on_edit=partial(_edit_rates, actions),
        on_action=partial(_act_on_group, actions),
    )


def _act_on_group(actions: StudioActions) -> None:
    # Of an edit and a press that reach the server together, the edit came first.
    _edit_rates(actions)
    _act(actions, "mixer")


def _edit_rates(actions: StudioActions) -> None:
    with _heard(actions.session):
        actions.edit_rates(component_value("mixer", "edit"))
