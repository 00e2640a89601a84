"""The real app and a real browser, for measurements: a server with a workspace of its own, all of it gone afterwards."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from builder.workspace.store import Workspace
from builder.workspace.supervision import TRAINER_MODULE, shutdown_supervisor

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0
WARM_SECONDS = 60.0
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True)
class App:
    """A served app.

    Attributes:
        url: Where it answers.
        workspace: Its workspace, opened here too.
        server: Its process.
    """

    url: str
    workspace: Workspace
    server: psutil.Process

    def wait_until_warm(self) -> None:
        """Waits for a fork server, or a spare trainer, that has nothing more to do than to wait for a run."""
        deadline = time.monotonic() + WARM_SECONDS
        while time.monotonic() < deadline:
            before = self._trainer_seconds()
            time.sleep(1.0)
            if before > 1.0 and self._trainer_seconds() == before:
                return
        raise TimeoutError(f"No trainer was warm after {WARM_SECONDS:.0f} s; see {self.workspace.folder}.")

    def trainers(self) -> list[psutil.Process]:
        """The trainers of this workspace, and what is kept warm for the next."""
        folder = str(self.workspace.folder)
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if (words := process.info["cmdline"] or [])[1:3] == ["-m", TRAINER_MODULE] and folder in words
        ]

    def _trainer_seconds(self) -> float:
        """What the trainers have computed, in seconds of a core."""
        seconds = 0.0
        for process in self.trainers():
            with suppress(psutil.NoSuchProcess):
                seconds += sum(process.cpu_times()[:2])
        return seconds


def serve(workspace_folder: Path, log: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """Starts `streamlit run app.py` on a free port; returns once it answers, with its address."""
    url = f"http://127.0.0.1:{(port := _free_port())}/"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*command, "--server.port", str(port)],
            cwd=ROOT,
            env={**os.environ, "HIGHRISE_WORKSPACE": str(workspace_folder)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for_answer(url, server, log)
    except BaseException:
        server.kill()
        server.wait()
        raise
    return url, server


@contextmanager
def served_app() -> Iterator[App]:
    """The app with a workspace of its own; afterwards neither server nor supervisor nor trainer is left."""
    with tempfile.TemporaryDirectory() as folder:
        url, server = serve(Path(folder) / "workspace", Path(folder) / "server.log")
        try:
            workspace = Workspace.open(Path(folder) / "workspace")
            try:
                yield App(url, workspace, psutil.Process(server.pid))
            finally:
                shutdown_supervisor(workspace)
                workspace.close()
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium, `$HIGHRISE_CHROMIUM` first."""
    found = subprocess.run([ROOT / "scripts" / "browser"], capture_output=True, text=True, check=True)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found.stdout.strip(), args=FLAGS)
        try:
            yield opened
        finally:
            opened.close()


def open_page(browser: Browser, url: str, script: str = "") -> Page:
    """A tab of its own browser context, once all components are drawn; `script` runs before the page's own."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    if script:
        page.add_init_script(script)
    page.goto(url)
    for part in (".tp-bar", ".tower .node", ".lv-panel[data-chart]", ".mx-strip"):
        page.locator(part).first.wait_for(timeout=1000 * START_SECONDS)
    return page


def _wait_for_answer(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}_stcore/health", timeout=1.0):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The app did not start:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
