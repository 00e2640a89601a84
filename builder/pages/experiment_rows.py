"""The list of experiments: what each is about, how far it has come. Knows no Streamlit."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from builder.pages.tower_words import tower_words
from builder.spec.datasets import DATASETS
from builder.workspace.experiments import ExperimentEntry
from builder.workspace.runs import RunTotals
from builder.workspace.store import Workspace

_contents: dict[tuple[Path, int], tuple[str, str]] = {}
"""Data set and tower by revision, which never changes."""
MAX_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class ExperimentRow:
    """An experiment with its data set's title, its tower in a word, and the totals of its runs."""

    entry: ExperimentEntry
    dataset: str
    tower: str
    totals: RunTotals

    def matches(self, wanted: str) -> bool:
        """Whether every word stands in its name, data set or tower."""
        text = f"{self.entry.name} {self.dataset} {self.tower}".casefold()
        return all(word in text for word in wanted.casefold().split())


def experiment_rows(workspace: Workspace, owner: str, *, deleted: bool = False) -> list[ExperimentRow]:
    """The owner's experiments, last edited first; of a document only what is not known yet is read."""
    entries = workspace.experiments(owner, deleted=deleted)
    if not entries:
        return []
    contents, totals = _contents_of(workspace, [entry.head for entry in entries]), workspace.run_totals()
    return [ExperimentRow(entry, *contents[entry.head], totals.get(entry.id, RunTotals())) for entry in entries]


def _contents_of(workspace: Workspace, revisions: Iterable[int]) -> dict[int, tuple[str, str]]:
    revisions, folder = list(revisions), workspace.folder
    if len(_contents) > MAX_REMEMBERED:
        _contents.clear()
    unknown = [revision for revision in revisions if (folder, revision) not in _contents]
    if unknown:
        for revision, (dataset, items) in workspace.contents(unknown).items():
            title = DATASETS[dataset].title if dataset in DATASETS else dataset
            _contents[folder, revision] = (title, tower_words(json.loads(items)))
    return {revision: _contents[folder, revision] for revision in revisions}


def row_text(row: ExperimentRow, *, is_open: bool = False) -> str:
    """A row as markup, every word of a person's escaped."""
    facts = [escape(row.dataset), escape(row.tower)]
    if row.totals.best_val_accuracy is not None:
        facts.append(f"best validation <b>{100 * row.totals.best_val_accuracy:.1f} %</b>")
    facts.append(
        f"{row.totals.num_runs} {'run' if row.totals.num_runs == 1 else 'runs'}" if row.totals.num_runs else "no run"
    )
    if row.entry.deleted_at is None:
        facts.append(f"edited {ago(row.entry.changed_at)}")
    else:
        facts.append(f"deleted {ago(row.entry.deleted_at)}")
    signs = [("plain", "open")] if is_open else []
    if row.totals.num_live:
        signs.append(("active", "▶ running" if row.totals.num_live == 1 else f"▶ {row.totals.num_live} running"))
    if row.totals.num_queued:
        signs.append(("waiting", "◷ queued" if row.totals.num_queued == 1 else f"◷ {row.totals.num_queued} queued"))
    badges = "".join(f'<span class="ex-sign" data-tone="{tone}">{word}</span>' for tone, word in signs)
    name = escape(row.entry.name) or "without a name"
    return (
        f'<div class="ex-row"><div><span class="ex-name">{name}</span>{badges}</div>'
        f'<div class="ex-facts">{" · ".join(facts)}</div></div>'
    )


def ago(moment: float) -> str:
    """How long ago a moment was, roughly."""
    seconds = max(0.0, time.time() - moment)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit} ago"
    return "just now"
