"""Browser windows that tests use one after the other: each test has tabs of its own, and finds nothing of another's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

ONE_PROCESS_FLAG = "--process-per-site"
"""For a browser's start: all tabs of a window that show pages of this machine are one process."""

SITE = "http://127.0.0.1/"
_STORES = "cookies,local_storage,indexeddb,cache_storage,service_workers"


class Windows:
    """Windows of a browser, with and without touch.

    An empty tab of this machine's site stays in each. It holds the process that the other tabs share, and with it all
    scripts as they were compiled for the first of them: the app then opens with half the work.

    Args:
        browser: started with `ONE_PROCESS_FLAG`.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._opened: dict[bool, BrowserContext] = {}

    @contextmanager
    def tab(
        self,
        *,
        beside: Page | None = None,
        is_alone: bool = False,
        has_touch: bool = False,
        viewport: dict[str, int],
        **media: Any,
    ) -> Iterator[Page]:
        """A tab that is closed, and whose cookies and storage are forgotten, when the block is left.

        Args:
            beside: a tab in whose window it opens.
            is_alone: in a window of its own, for another person, or who changes what belongs to the window, as its clock.
            has_touch: whether the window can be touched.
            viewport: width and height.
            media: what the page is told of the person, as in `Page.emulate_media`.
        """
        if is_alone:
            context = self._browser.new_context(has_touch=has_touch)
        else:
            context = beside.context if beside is not None else self._window(has_touch)
        page = context.new_page()
        page.set_viewport_size(viewport)  # pyright: ignore[reportArgumentType]
        page.emulate_media(**media)
        try:
            yield page
        finally:
            if is_alone:
                context.close()
            else:
                self._close(page)

    def _close(self, page: Page) -> None:
        """Closes a tab, and forgets what its page has kept."""
        context, address = page.context, urlsplit(page.url)
        page.close()
        context.clear_cookies()
        context.clear_permissions()
        forget = {"origin": f"{address.scheme}://{address.netloc}", "storageTypes": _STORES}
        stays = context.new_cdp_session(context.pages[0])
        stays.send("Storage.clearDataForOrigin", forget)
        stays.detach()

    def _window(self, has_touch: bool) -> BrowserContext:
        if has_touch not in self._opened:
            context = self._opened[has_touch] = self._browser.new_context(has_touch=has_touch)
            stays = context.new_page()
            stays.route(SITE, lambda route: route.fulfill(body="This tab holds the process."))
            stays.goto(SITE)
        return self._opened[has_touch]
