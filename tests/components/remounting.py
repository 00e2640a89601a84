"""What Streamlit and a feed do to a component, on the harness."""

from typing import Any

from playwright.sync_api import Page

GRACE_MS = 15_000
"""How long a view that was taken away is kept."""


def unmount_for_good(page: Page, name: str) -> None:
    """Takes a component away until nothing of it is left."""
    page.clock.install()
    page.evaluate("name => harness.unmount(name)", name)
    page.clock.fast_forward(GRACE_MS)
    page.clock.resume()


def remount(page: Page, name: str, **changes: Any) -> None:
    """Takes a component away and mounts it anew with what it was sent last."""
    page.evaluate("([name, changes]) => harness.remount(name, changes)", [name, changes])


def tell(page: Page, feed: str, news: Any) -> None:
    """Has a feed tell something to whoever asks next."""
    page.evaluate("([feed, news]) => harness.tell(feed, news)", [feed, news])
