"""Fetching data sets from the screen: starting, following and cancelling, as methods over a session and the workspace."""

from typing import Any

from builder.pages.data_check import availabilities, missing_bytes, progress_text, why_no_data
from builder.pages.state import Session
from builder.spec import Experiment
from builder.spec.datasets import DATASETS
from builder.spec.sizes import bytes_text
from builder.workspace.downloads import cancel_download, download_of, start_download
from builder.workspace.errors import WorkspaceError
from builder.workspace.store import Workspace


class Downloads:
    """What one tab does and is told about data sets that are not on this machine."""

    def __init__(self, workspace: Workspace, session: Session) -> None:
        self.workspace = workspace
        self.session = session

    def why_not(self, experiment: Experiment) -> str:
        """Why the document cannot be trained for want of its data; empty if it can."""
        return why_no_data(experiment, download_of(self.workspace, experiment.data.dataset))

    def available(self) -> dict[str, bool]:
        """For each data set, whether its files are on this machine."""
        return {name: not found.download_bytes for name, found in availabilities().items()}

    def start(self, dataset: Any) -> None:
        """Fetches a data set, and follows that in the top bar; whatever a browser may name."""
        if self.session.read_only or not isinstance(dataset, str) or dataset not in DATASETS:
            return
        if not missing_bytes(dataset):
            return
        try:
            start_download(self.workspace, dataset)
        except WorkspaceError as error:
            self.session.notify("error", str(error))
            return
        self._begin_to_follow(dataset)

    def cancel(self, dataset: Any) -> None:
        """Ends a download."""
        if self.session.read_only or not isinstance(dataset, str) or dataset not in DATASETS:
            return
        cancel_download(self.workspace, dataset)
        self.session.downloading = None
        self._forget_offer()
        self._close_progress()

    def follow(self, experiment: Experiment) -> None:
        """Brings the top bar's message up to date: offers a download, says how far it is and how it ended."""
        if self.session.read_only:
            return
        if self.session.downloading is not None:
            self._report(self.session.downloading)
            return
        dataset = experiment.data.dataset
        num_bytes = missing_bytes(dataset)
        if not num_bytes or self.session.offered not in (None, self._about(dataset)):
            self._forget_offer()
        if not num_bytes:
            return
        download = download_of(self.workspace, dataset)
        if download and download.is_running:
            self._begin_to_follow(dataset)
        elif (notice := self.session.notice) is None or notice.kind == "info":
            self._offer(experiment, num_bytes)

    def _offer(self, experiment: Experiment, num_bytes: int) -> None:
        dataset = experiment.data.dataset
        if self.session.offered != self._about(dataset):
            self.session.offered = self._about(dataset)
            title = f"Download {bytes_text(num_bytes)}"
            self.session.notify("warning", why_no_data(experiment, None), "download", title, dataset)

    def _about(self, dataset: str) -> tuple[str | None, str]:
        return self.session.editing.experiment_id, dataset

    def _forget_offer(self) -> None:
        """An offer that is out of date leaves the screen, and may be made again."""
        self.session.offered = None
        if self.session.notice and self.session.notice.action == "download":
            self.session.notice = None

    def _begin_to_follow(self, dataset: str) -> None:
        self.session.downloading = dataset
        download = download_of(self.workspace, dataset)
        if download:
            self.session.notify("info", progress_text(download), "cancel_download", "Cancel", dataset)

    def _report(self, dataset: str) -> None:
        session, download = self.session, download_of(self.workspace, dataset)
        if download and download.is_running:
            if session.notice and session.notice.action == "cancel_download":
                session.notice.text = progress_text(download)
            return
        session.downloading = None
        self._close_progress()
        if download and download.problem:
            session.notify("error", download.problem, "download", "Try again", dataset)
        elif not missing_bytes(dataset):
            session.notify("info", f"{DATASETS[dataset].title} is on this machine now.")

    def _close_progress(self) -> None:
        if self.session.notice and self.session.notice.action == "cancel_download":
            self.session.notice = None
