"""Built components in a real browser, without Streamlit: components/frontend/harness."""

import functools
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parent))

from studio import Studio

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
def page(browser: Browser, harness_url: str, window: dict[str, Any]) -> Iterator[Page]:
    """The harness in that window; an error on the page fails the test."""
    page = browser.new_page(**window)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(harness_url)
    yield page
    page.close()
    assert errors == []


@pytest.fixture
def open_studio(browser: Browser, harness_url: str) -> Iterator[Callable[..., Studio]]:
    """Opens a document in an editor on a page of its own; an error on a page fails the test."""
    pages: list[Page] = []
    errors: list[str] = []

    def open_(experiment: Experiment, **more: Any) -> Studio:
        page = browser.new_page(viewport={"width": 720, "height": 700}, reduced_motion="reduce", has_touch=True)
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(harness_url)
        return Studio(page, experiment, **more)

    yield open_
    for page in pages:
        page.close()
    assert not errors
