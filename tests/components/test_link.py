"""An address to copy, in a browser with and without a clipboard."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e


def mount(page: Page) -> None:
    data = {"query": "?run=r1", "title": "Watch run #1", "note": "Others see it live.", "warns": True}
    page.evaluate("data => harness.mount('link', data)", data)


def press_copy(page: Page, answer: str) -> None:
    page.get_by_role("button", name="Copy: Watch run #1").click()
    expect(page.get_by_role("status")).to_have_text(answer)


def whole(page: Page) -> str:
    return f"{page.url}?run=r1"


def test_the_whole_address_is_there_and_is_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    mount(page)
    expect(page.get_by_label("Watch run #1", exact=True)).to_have_value(whole(page))
    press_copy(page, "Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == whole(page)
    expect(page.locator(".ln-local")).to_contain_text("on this machine alone")


def test_without_a_clipboard_an_older_way_copies_it(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("document.addEventListener('copy', () => (window.copied = true))")
    mount(page)
    press_copy(page, "Copied.")
    assert page.evaluate("window.copied")


def test_where_nothing_copies_the_address_is_selected_and_the_keys_are_named(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.evaluate("document.execCommand = () => false")
    mount(page)
    press_copy(page, "It is selected: press Ctrl C to copy it.")
    field = page.locator(".ln-field")
    assert field.evaluate("node => node.value.slice(node.selectionStart, node.selectionEnd)") == whole(page)
