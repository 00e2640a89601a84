"""A server and a browser for this folder; a tab of its own for each test, which fails at any error on the page."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parent))

from screen import PATIENCE_SECONDS, Screen
from served_app import ServedApp

expect.set_options(timeout=1000 * PATIENCE_SECONDS)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    served = ServedApp(tmp_path_factory.mktemp("e2e"))
    yield served
    served.close()
    assert served.complaints() == [], served.printed()


@pytest.fixture
def open_screen(app: ServedApp, browser: Browser) -> Iterator[Callable[..., Screen]]:
    """Opens the app in a browser context of its own, or in another tab of a `beside` screen's context."""
    screens: list[Screen] = []
    errors: list[str] = []

    def listen(page: Page) -> None:
        page.set_default_timeout(1000 * PATIENCE_SECONDS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)

    def open_(address: str = "", beside: Screen | None = None, **options: Any) -> Screen:
        settings = {"viewport": {"width": 1280, "height": 720}, "reduced_motion": "reduce", **options}
        context = beside.page.context if beside else browser.new_context(**settings)
        page = context.new_page()
        listen(page)
        screens.append(Screen(page, app, address))
        return screens[-1]

    yield open_
    exceptions = [text for each in screens for text in each.page.get_by_test_id("stException").all_inner_texts()]
    for each in screens:
        each.page.context.close()
    assert errors == []
    assert exceptions == []
