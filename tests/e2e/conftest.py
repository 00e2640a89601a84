"""A server and a browser for this folder; a tab of its own for each test, which fails at any error on the page."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

sys.path.insert(0, str(Path(__file__).parent))

from screen import PATIENCE_SECONDS, Screen
from served_app import ServedApp
from windows import Windows

expect.set_options(timeout=1000 * PATIENCE_SECONDS)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    served = ServedApp(tmp_path_factory.mktemp("e2e"))
    yield served
    served.close()
    assert served.complaints() == [], served.printed()


@pytest.fixture
def open_screen(app: ServedApp, windows: Windows) -> Iterator[Callable[..., Screen]]:
    """Opens the app as one person's first tab; the next ones are other people's, in windows of their own.

    With `beside`, another tab of that screen's person.
    """
    errors: list[str] = []

    def listen(page: Page) -> None:
        page.set_default_timeout(1000 * PATIENCE_SECONDS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)

    with ExitStack() as tabs:
        screens: list[Screen] = []

        def open_(address: str = "", beside: Screen | None = None, **options: Any) -> Screen:
            settings = {"viewport": {"width": 1280, "height": 720}, "reduced_motion": "reduce", **options}
            if screens and beside is None:
                settings["is_alone"] = True
            page = tabs.enter_context(windows.tab(beside=beside and beside.page, **settings))
            listen(page)
            screens.append(Screen(page, app, address))
            return screens[-1]

        yield open_
        exceptions = [text for each in screens for text in each.page.get_by_test_id("stException").all_inner_texts()]
    # The next test has the same workspace: a run that ends in the middle of it would look like its doing.
    app.end_runs()
    assert errors == []
    assert exceptions == []
