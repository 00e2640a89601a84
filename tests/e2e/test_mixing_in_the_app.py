"""The mixer in the real app: freeze a group while it trains, see the flag on the charts, and go back to before it."""

from contextlib import closing

from playwright.sync_api import expect

from builder.workspace.rows import find_series, is_absent


def changes(screen) -> list[tuple[str, str]]:
    with closing(screen.rows()) as rows:
        return [(each.kind, each.subject) for each in rows.interventions()]


def has_gradient(screen, group: str) -> bool:
    """Whether a group had a gradient in the newest step."""
    with closing(screen.rows()) as rows:
        (series,) = [each for each in find_series(rows.series(), "grad_rms", group) if each.family == "scalar"]
        last = rows.last_step()
        return not is_absent(rows.read([series.id], last, last).mean[-1:]).all()


def test_a_group_is_frozen_while_it_trains_and_the_change_is_taken_back_from_its_flag(open_screen) -> None:
    screen = open_screen()
    page = screen.page
    screen.make_it_last()
    screen.press("Train")
    screen.until(lambda: screen.shown_step() > 100, "the first hundred steps are shown")
    ratio = page.locator(".mx-strip .mx-level-row").nth(1).locator("b")
    screen.until(lambda: ratio.inner_text() != "—", "the update ratio is shown")
    freeze = page.get_by_role("button", name="Freeze bodies")
    freeze.click()
    screen.until(lambda: changes(screen) == [("set_frozen", "bodies")], "the run was told")
    screen.until(lambda: not has_gradient(screen, "bodies"), "the group has no gradient")
    expect(page.locator(".mx-strip[aria-label=bodies] .mx-meters")).to_contain_text("frozen")
    page.get_by_role("button", name="Halve all learning rates").click()
    screen.until(lambda: changes(screen)[1:] == [("set_learning_rates", "")], "the fader's move is one change")
    for chart in ("loss", "accuracy"):
        expect(page.locator(f".lv-panel[data-chart={chart}] .lv-flag-label", has_text="all rates ×½")).to_be_visible()
    screen.screenshot("mixer-live")

    left = screen.run()
    page.get_by_role("button", name="Flags of Loss").click()
    menu = page.get_by_role("dialog", name="Flags")
    expect(menu.locator(".lv-flag")).to_have_count(2)
    screen.screenshot("mixer-flags")
    menu.get_by_role("group", name="bodies frozen").get_by_role("button", name="Rewind to here").click()
    screen.until(lambda: screen.query("run") != left.id, "the new run is in the address")
    new = screen.run()
    screen.until(lambda: screen.app.workspace.run(left.id).status == "stopped", "the run that was left has stopped")
    screen.has_status("running")
    expect(freeze).to_have_attribute("aria-pressed", "false")
    screen.until(lambda: has_gradient(screen, "bodies"), "the group learns again")
    assert changes(screen) == []
    with closing(screen.rows()) as rows:
        origin = rows.info()["branched_from"]
    assert origin["run"] == left.id
    # Nothing is lost: what was left stays beneath, with its flags.
    assert (screen.query("with") or "").split(",") == [left.id]
    expect(page.locator(".rp-run")).to_have_count(2)
    screen.until(lambda: screen.last_step() > origin["step"] + 50, "the new run goes on")
    screen.screenshot("mixer-rewound")

    # From the keyboard: the old run's flag, and a branch from it with the document as it is now.
    page.get_by_role("button", name="Flags of Loss").focus()
    page.keyboard.press("Enter")
    menu.get_by_role("group", name="bodies frozen").get_by_role("button", name="Branch from here").focus()
    page.keyboard.press("Enter")
    screen.until(lambda: screen.query("run") not in (left.id, new.id), "the branch is in the address")
    assert screen.app.workspace.run(new.id).is_live
    screen.press("Stop")
    for run_id in (new.id, screen.query("run")):
        screen.app.workspace.command(run_id, "stop")


def test_solo_and_weight_decay_reach_the_run_and_a_follower_sees_them_and_changes_nothing(open_screen) -> None:
    screen = open_screen(color_scheme="dark")
    page = screen.page
    screen.make_it_last()
    screen.press("Train")
    screen.until(lambda: screen.shown_step() > 50, "the first steps are shown")
    page.get_by_role("button", name="Solo head").click()
    screen.until(lambda: ("set_solo", "head") in changes(screen), "the run was told")
    screen.until(lambda: not has_gradient(screen, "stem") and has_gradient(screen, "head"), "one group learns")
    decay = page.get_by_label("Weight decay of head")
    decay.fill("0.01")
    decay.press("Enter")
    screen.until(lambda: ("set_weight_decay", "head") in changes(screen), "the weight decay was told")
    screen.screenshot("mixer-dark")

    follower = open_screen(f"?run={screen.run().id}")
    watched = follower.page
    expect(watched.get_by_role("button", name="Solo head")).to_have_attribute("aria-pressed", "true")
    expect(watched.locator(".mx-strip[aria-label=stem]")).to_have_attribute("data-frozen", "")
    watched.get_by_role("button", name="Flags of Loss").click()
    menu = watched.get_by_role("dialog", name="Flags")
    expect(menu).to_contain_text("head solo")
    expect(menu.get_by_role("button")).to_have_count(0)
    watched.keyboard.press("Escape")
    watched.get_by_role("button", name="Solo head").click(force=True)

    page.get_by_role("button", name="Solo head").click()
    screen.until(lambda: has_gradient(screen, "stem"), "the others learn again")
    assert changes(screen) == [("set_solo", "head"), ("set_weight_decay", "head"), ("set_solo", "head")]
    screen.press("Stop")
    screen.has_status("stopped")
