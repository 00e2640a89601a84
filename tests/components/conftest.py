"""Built components in a real browser, without Streamlit: components/frontend/harness."""

import functools
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

sys.path.insert(0, str(Path(__file__).parent))

from live_run import Run
from studio import Studio
from windows import Windows

from builder.spec import Experiment

COMPONENTS = Path(__file__).parents[2] / "components"
# A busy machine of two cores is slow, and waiting costs nothing where it is not.
expect.set_options(timeout=30_000)


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def harness_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(COMPONENTS)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/frontend/harness/index.html"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def window() -> dict[str, Any]:
    """A small laptop's; a module may have another one."""
    return {"viewport": {"width": 1280, "height": 720}, "has_touch": True}


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """A run that grows, for the live charts."""
    run = Run(tmp_path / "r1")
    yield run
    run.close()


@pytest.fixture
def is_alone(request: pytest.FixtureRequest) -> bool:
    """Whether the test is marked as one that holds the clock, which belongs to the whole window."""
    return request.node.get_closest_marker("holds_the_clock") is not None


@pytest.fixture
def page(windows: Windows, harness_url: str, window: dict[str, Any], is_alone: bool) -> Iterator[Page]:
    """The harness in that window; an error on the page fails the test."""
    errors: list[str] = []
    with windows.tab(**window, is_alone=is_alone) as page:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(harness_url)
        yield page
    assert errors == []


@pytest.fixture
def open_studio(windows: Windows, harness_url: str, is_alone: bool) -> Iterator[Callable[..., Studio]]:
    """Opens a document in an editor on a page of its own; an error on a page fails the test."""
    window = {"viewport": {"width": 720, "height": 700}, "reduced_motion": "reduce", "has_touch": True}
    errors: list[str] = []
    with ExitStack() as tabs:

        def open_(experiment: Experiment, **more: Any) -> Studio:
            page = tabs.enter_context(windows.tab(**window, is_alone=is_alone))
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(harness_url)
            return Studio(page, experiment, **more)

        yield open_
    assert not errors
