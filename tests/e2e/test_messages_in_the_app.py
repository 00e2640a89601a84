"""What the app says of itself: where messages stand, what other tabs have done, what an address names in vain."""

import pytest
from playwright.sync_api import expect
from screen import EVERYWHERE

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

COVERED = (
    f"() => {{ {EVERYWHERE}"
    + """
  const notice = all(document).find((node) => node.matches('.tp-notice:popover-open'));
  const { left, right, top, bottom } = notice.getBoundingClientRect();
  const controls = 'button, input, select, textarea, a, [role=slider], .card, .source';
  return all(document)
    .filter((node) => node.matches(controls) && !notice.contains(node) && node.checkVisibility())
    .filter((node) => {
      const box = node.getBoundingClientRect();
      return box.width && box.left < right && box.right > left && box.top < bottom && box.bottom > top;
    })
    .map((node) => node.outerHTML.slice(0, 120));
}"""
)
"""Controls that lie under the message."""


def notice_of(screen):
    return screen.page.locator(".tp-notice")


def test_a_message_covers_no_control_in_a_small_window(open_screen):
    for address in ("?experiment=nobody", "?study=nobody", "?run=nobody"):
        screen = open_screen(address)
        expect(notice_of(screen)).to_contain_text("“nobody”")
        assert screen.page.evaluate(COVERED) == []
        screen.screenshot(f"message-{address[1:]}")


def test_what_an_address_names_in_vain_is_said_with_a_way_on(open_screen):
    screen = open_screen("?study=nobody")
    notice_of(screen).get_by_role("button", name="Presets").click()
    expect(screen.page.get_by_role("dialog")).to_contain_text("Presets")
    screen = open_screen("?experiment=nobody")
    notice_of(screen).get_by_role("button", name="Other experiments").click()
    expect(screen.page.get_by_role("dialog")).to_contain_text("Experiments")


def test_a_second_tab_is_told_of_a_deletion_and_can_restore(open_screen, app):
    screen = open_screen()
    screen.page.get_by_label("Pace", exact=True).select_option("100")
    experiment = screen.experiment_id
    other = open_screen(f"?experiment={experiment}", beside=screen)
    app.workspace.delete(experiment)
    for tab in (screen, other):
        expect(notice_of(tab)).to_contain_text("was deleted")
        expect(tab.page.locator(".tp-main")).to_have_attribute("aria-disabled", "true")
    other.screenshot("deleted-elsewhere")
    notice_of(other).get_by_role("button", name="Restore it").click()
    for tab in (screen, other):
        expect(notice_of(tab)).to_be_hidden()
        expect(tab.page.locator(".tp-main")).not_to_have_attribute("aria-disabled", "true")
    assert app.workspace.experiment(experiment).deleted_at is None


def test_a_queued_run_says_who_holds_the_slot_and_leads_there(open_screen, app):
    slots = app.workspace.slots()
    app.workspace.set_slots(1)
    try:
        first, second = open_screen(), open_screen()
        first.make_it_last()
        first.press("Train")
        first.has_status("running")
        second.press("Train")
        second.has_status("queued")
        holder = f"#{first.run().number} digits-residual"
        status = second.page.locator(".tp-status")
        for words in ("queued, place 1 of 1", f"behind {holder}"):
            expect(status).to_contain_text(words)
        status.click()
        expect(second.page.locator(".tp-details")).to_contain_text(f"The only slot is held by {holder} (running).")
        second.screenshot("queued")
        second.page.get_by_role("link", name=f"Go to {holder}").click()
        second.wait_until_shown()
        assert second.experiment_id == first.experiment_id
        for run in app.workspace.queue():
            app.workspace.command(run, "stop")
        first.press("Stop")
        first.has_status("stopped")
    finally:
        app.workspace.set_slots(slots)


def test_the_list_of_experiments_finds_one_by_its_tower(open_screen, app):
    screen = open_screen()
    screen.page.get_by_label("Pace", exact=True).select_option("100")
    name = app.workspace.experiment(screen.experiment_id).name
    document = app.workspace.head(screen.experiment_id).document
    for number in range(25):
        app.workspace.create_experiment(document.replace(f'"{name}"', f'"number {number}"', 1))
    screen.page.locator(".tp-name button").click()
    dialog = screen.page.get_by_role("dialog")
    expect(dialog.locator(".ex-row").first).to_contain_text("number 24")
    expect(dialog.locator(".ex-row").first).to_contain_text("6 blocks · residual · no run · edited just now")
    dialog.get_by_placeholder("Find by name, data set or tower").fill("number 13 residual")
    screen.page.keyboard.press("Enter")
    expect(dialog.locator(".ex-row")).to_have_count(1)
    screen.screenshot("experiments")
    dialog.get_by_role("button", name="Open", exact=True).click()
    expect(screen.page.locator(".tp-name")).to_contain_text("number 13")
