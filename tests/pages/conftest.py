"""A workspace, and the studio's actions on it for one browser tab or several."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from builder.pages import studio_actions
from builder.pages.opening import open_session
from builder.pages.studio_actions import StudioActions
from builder.spec import dump_experiment
from builder.workspace.owners import HOST
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

# What is beside these tests made importable, whatever the import mode.
sys.path.insert(0, str(Path(__file__).parent))
from tabs import Clock, edited


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    # Runs stay in the queue: what a supervisor does with them is not the page's business.
    monkeypatch.setattr(studio_actions, "ensure_supervisor", lambda workspace: None)
    workspace = Workspace.open(tmp_path / "workspace")
    yield workspace
    workspace.close()


@pytest.fixture
def clock() -> Clock:
    """A clock for what takes one."""
    return Clock()


@pytest.fixture
def open_tab(workspace: Workspace) -> Callable[..., StudioActions]:
    """Opens a tab by what its address names."""

    def open_(
        experiment_id: str | None = None, run_id: str | None = None, beside: Iterable[str] = (), owner: str = HOST
    ) -> StudioActions:
        return StudioActions(workspace, open_session(workspace, experiment_id, run_id, beside, owner))

    return open_


@pytest.fixture
def tab(open_tab: Callable[..., StudioActions]) -> StudioActions:
    """A tab with an experiment that is stored."""
    tab = open_tab()
    tab.rename("stored")
    return tab


@pytest.fixture
def start_run(workspace: Workspace) -> Callable[[StudioActions], Run]:
    """Lets a tab show a run of its document that is running, without a trainer."""

    def start(tab: StudioActions) -> Run:
        editing = tab.editing
        run = workspace.submit(dump_experiment(editing.experiment), experiment_id=editing.experiment_id, queue=False)
        workspace.set_status(run.id, "running")
        tab.session.run_id, tab.session.shown = run.id, [run.id]
        return workspace.run(run.id)

    return start


@pytest.fixture
def send() -> Callable[..., None]:
    """Sends an edit as the editor of a tab does: the next rev of the epoch it knows."""

    def send_(tab: StudioActions, gesture: int | None = None, **changes: Any) -> None:
        editing = tab.editing
        document = edited(editing.experiment, **changes)
        tab.edit({"epoch": editing.epoch, "rev": editing.rev + 1, "gesture": gesture, "document": document})

    return send_
