"""What the feed is asked for: each source looks at the files and holds the newest answer as JSON. Knows no Streamlit."""

from __future__ import annotations

import gzip
import json
import time
import uuid
from collections.abc import Callable
from typing import Any, Protocol

from builder.charts import LiveView, SharedView, ShownRun, kind_looks, read_content
from builder.pages.live_cards import LiveCards
from builder.pages.run_status import (
    current_group_values,
    looks_of,
    open_reader,
    run_status,
    run_title,
    solo_after,
    with_siblings,
)
from builder.spec.catalogue import block_styles
from builder.workspace.rows import RunReader
from builder.workspace.runs import Run
from builder.workspace.store import Workspace
from components.mixer import meter


class Source(Protocol):
    """Something that is asked for."""

    is_live: bool
    """Whether it may change at any moment, as of the last look."""

    def look(self) -> None:
        """Take what is new."""

    def news(self, have: str) -> tuple[str, bytes] | None:
        """The newest version and its JSON for whoever has version `have`; None for the newest."""

    def close(self) -> None:
        """Let go of files."""


class Kept:
    """A source whose answer is always told whole; it says `at` which time (unix seconds) it was first seen so.

    Args:
        compute: The answer, None if there is none yet, and whether it may change at any moment.
    """

    def __init__(self, compute: Callable[[], tuple[dict[str, Any] | None, bool]]) -> None:
        self._compute = compute
        self._name = uuid.uuid4().hex[:8]
        self._number = 0
        self._answer: dict[str, Any] | None = None
        self._body = b""
        self.is_live = True

    def look(self) -> None:
        answer, self.is_live = self._compute()
        if answer is not None and answer != self._answer:
            self._answer, self._number = answer, self._number + 1
            self._body = _json({"at": time.time(), **answer})

    def news(self, have: str) -> tuple[str, bytes] | None:
        version = f"{self._name}.{self._number}"
        return None if have == version or self._answer is None else (version, self._body)

    def close(self) -> None:
        pass


class Finding:
    """What charts show of one finding of a run, for ever the same."""

    is_live = False

    def __init__(self, run: ShownRun, number: int) -> None:
        self._run = run
        self._number = number
        self._packed: bytes | None = None

    def look(self) -> None:
        if self._packed is None and (content := read_content(self._run, self._number)) is not None:
            self._packed = gzip.compress(_json(content), 6, mtime=0)

    def news(self, have: str) -> tuple[str, bytes] | None:
        return None if self._packed is None else ("", self._packed)

    def close(self) -> None:
        pass


class RunState(Kept):
    """How one run stands: the top bar's status, the mixer's meters and solo, what the cards show."""

    def __init__(self, workspace: Workspace, run_id: str) -> None:
        super().__init__(self._state)
        self._workspace = workspace
        self._run_id = run_id
        self._reader: RunReader | None = None
        self._cards: LiveCards | None = None
        self._newest_change = 0
        self._solo: str | None = None

    def _state(self) -> tuple[dict[str, Any], bool]:
        run = self._workspace.run(self._run_id)
        if self._reader is None:
            self._reader = open_reader(self._workspace, run)
        if self._cards is None and self._reader is not None and self._reader.last_step():
            self._cards = LiveCards(self._reader)
        state = {
            "run": run_status(self._workspace, run, self._reader),
            "groups": {
                name: {quantity: meter(value) for quantity, value in values.items()}
                for name, values in current_group_values(self._reader).items()
            },
            "solo": self._solo_now(),
            "cards": self._cards and self._cards.read(),
        }
        return state, not run.is_final

    def _solo_now(self) -> str | None:
        newer = self._reader.interventions(self._newest_change) if self._reader else []
        if newer:
            self._newest_change, self._solo = newer[-1].id, solo_after(newer, self._solo)
        return self._solo

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = self._cards = None


class Charts:
    """The charts of some runs, drawn over each other."""

    def __init__(self, workspace: Workspace, run_ids: tuple[str, ...]) -> None:
        self._workspace = workspace
        self._run_ids = run_ids
        runs = [workspace.run(run_id) for run_id in run_ids]
        self._titles = list(map(run_title, runs))
        self.view = self._view(runs)
        self.is_live = True

    def _view(self, runs: list[Run]) -> SharedView:
        workspace = self._workspace
        looks = looks_of(workspace, [*with_siblings(workspace, runs), *runs])
        shown = [
            ShownRun(run.id, run_title(run), workspace.run_folder(run.id), *looks[run.id], label=f"#{run.number}")
            for run in runs
        ]
        return SharedView(LiveView(shown, kind_looks(block_styles())))

    def look(self) -> None:
        runs = [self._workspace.run(run_id) for run_id in self._run_ids]
        if (titles := list(map(run_title, runs))) != self._titles:
            self.view.close()
            self.view, self._titles = self._view(runs), titles
        self.is_live = any(not run.is_final for run in runs)
        self.view.look()

    def news(self, have: str) -> tuple[str, bytes] | None:
        return self.view.news(have)

    def close(self) -> None:
        self.view.close()


def _json(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
