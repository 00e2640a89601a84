"""What holds for every test: a workspace of its own, no process left behind, no browser test skipped on CI."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))

from web_server import Server, serving
from windows import ONE_PROCESS_FLAG, Windows

from soak.processes import describe, may_be_gone, processes_with

ROOT = Path(__file__).parents[1]
ON_CI = os.environ.get("CI") == "true"

BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    ONE_PROCESS_FLAG,
]

_FOLDER = pytest.StashKey[Path]()
_LEFT_BEHIND = pytest.StashKey[list[str]]()
_MARK = "HIGHRISE_TEST_SESSION"
_GRACE_SECONDS = 5.0

# Small tensors on few cores: more threads only cost. Set before anything imports torch; child processes inherit it.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def is_worker(config: pytest.Config) -> bool:
    """Whether this is one of several processes that share the tests, which inherit the mark of the one that collects."""
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Keep every test and its child processes away from the person's own workspace and downloads."""
    folder = Path(tempfile.mkdtemp(prefix="highrise-tests-"))
    config.stash[_FOLDER] = folder
    if not is_worker(config):
        os.environ[_MARK] = uuid.uuid4().hex
    os.environ["HIGHRISE_WORKSPACE"] = str(folder / "workspace")
    os.environ["HIGHRISE_DATA_CACHE"] = str(folder / "data")
    os.environ.pop("HIGHRISE_DATA_FOLDER", None)
    os.environ.pop("HIGHRISE_DATA_MIRROR", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _FOLDER in config.stash:
        shutil.rmtree(config.stash[_FOLDER], ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process that outlives the tests fails them."""
    if is_worker(session.config):
        return
    deadline = time.monotonic() + _GRACE_SECONDS
    while (left := processes_with(_MARK)) and time.monotonic() < deadline:
        time.sleep(0.1)
    if not left:
        return
    session.config.stash[_LEFT_BEHIND] = [describe(process) for process in left]
    for process in left:
        with may_be_gone():
            process.kill()
    session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for description in config.stash.get(_LEFT_BEHIND, []):
        terminalreporter.write_line(f"left behind by the tests, now killed: {description}", red=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if ON_CI and report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("e2e"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which CI does not accept of a browser test: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def real_data_folder() -> Path:
    """The folder with `mnist/`, `fashion-mnist/` and `cifar-10/`; on CI its absence is a failure."""
    beside = ROOT.parent / "shared" / "data"
    folder = Path(os.environ.get("HIGHRISE_TEST_DATA") or beside)
    if not (folder / "mnist" / "train-images-idx3-ubyte.gz").is_file():
        reason = f"The published files are not in {folder}; name their folder in HIGHRISE_TEST_DATA."
        if ON_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The program of a Chromium or Chrome; without one a browser test is skipped, on CI it fails."""
    found = subprocess.run([ROOT / "scripts" / "browser"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        (pytest.fail if ON_CI else pytest.skip)(found.stderr.strip())
    return found.stdout.strip()


@pytest.fixture(scope="session")
def browser(browser_path: str) -> Iterator[Browser]:
    """One for all browser tests: Playwright runs once in a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    return Windows(browser)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as shared:
        yield shared
