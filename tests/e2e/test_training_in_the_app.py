"""Training in the running app: from a second group to a stopped run that a reload finds again."""

import math
import re

import psutil
import pytest
from playwright.sync_api import expect

from builder.workspace.rows import find_series

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

CHARTS = ("loss", "accuracy", "grad_norm")
STILL_MS = 1500


def grow(screen, *charts: str) -> None:
    """Waits until the traces of each chart reach 20 more steps than now, with numbers in them."""
    before = {chart: screen.drawn_up_to(chart) for chart in charts}
    for chart, drawn in before.items():
        screen.until(lambda chart=chart, drawn=drawn: screen.drawn_up_to(chart) >= drawn + 20, f"{chart} grows")
        for name, trace in screen.traces(chart).items():
            assert len(trace["x"]) == len(trace["y"]), name
            assert all(math.isfinite(value) for value in trace["y"] if value is not None)
            assert any(value is not None for value in trace["y"])


def rates(screen):
    """Steps and learning rates that the trainer recorded, by group."""
    rows = screen.rows()
    try:
        wanted = find_series(rows.series(), "learning_rate")
        points = rows.read([each.id for each in wanted], max_points=100_000)
        return points.steps, {each.subject: points.mean[:, column] for column, each in enumerate(wanted)}
    finally:
        rows.close()


def interventions(screen):
    rows = screen.rows()
    try:
        return [(each.kind, each.subject, each.value, each.step) for each in rows.interventions()]
    finally:
        rows.close()


def make_two_groups(screen):
    """Leaves one group and adds a second one for the bodies, each with a rate of its own."""
    page = screen.page
    screen.tab("Groups")
    page.get_by_role("button", name="One group", exact=True).click()
    expect(page.locator(".mx-strip")).to_have_count(1)
    page.get_by_role("button", name="New group for: body").click()
    page.get_by_label("Name", exact=True).fill("hidden")
    field = page.get_by_label("Learning rate", exact=True)
    field.fill("0.01")
    field.press("Enter")
    expect(page.locator(".mx-strip")).to_have_count(2)
    screen.until(lambda: screen.document().groups[0].learning_rate == 0.01, "the second group is stored")
    rest = screen.rate_field("all parameters")
    rest.fill("0.02")
    rest.press("Enter")
    screen.until(lambda: [group.learning_rate for group in screen.document().groups] == [0.01, 0.02], "both rates")
    hidden, everything = screen.document().groups
    assert (hidden.name, hidden.rule.lanes) == ("hidden", ("body",))
    assert everything.rule.is_everything


def stands_still(screen):
    """Waits out a paused run: no step is taken any more."""
    screen.until(lambda: screen.shown_step() == screen.last_step(), "the screen shows the newest step")
    before = screen.last_step()
    screen.page.wait_for_timeout(STILL_MS)
    assert screen.last_step() == screen.shown_step() == before
    return before


def test_the_main_job_from_two_groups_to_a_reload(open_screen):
    screen = open_screen()
    screen.drag(screen.source("highway"), before="i12")
    make_two_groups(screen)
    screen.make_it_last()
    screen.press("Train")
    screen.has_status("running")
    expect(screen.page).to_have_title(re.compile(r"^\d+% · digits-residual"))
    grow(screen, *CHARTS)
    assert {"hidden", "all parameters"} == set(screen.traces("grad_norm"))
    screen.screenshot("training")

    a_rate_changes_while_it_trains(screen)
    a_reload_keeps_following(screen)
    it_pauses_steps_and_resumes(screen)
    it_stops(screen)
    a_reload_finds_everything_again(screen)
    it_goes_on_where_it_stopped(screen)


def a_rate_changes_while_it_trains(screen):
    assert interventions(screen) == []
    slider = screen.page.get_by_role("slider", name="Learning rate of hidden")
    box = slider.locator(".mx-thumb").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    screen.page.mouse.move(x, y)
    screen.page.mouse.down()
    screen.page.mouse.move(x, y + 25, steps=5)
    screen.page.mouse.up()
    rate = float(slider.get_attribute("aria-valuenow"))
    assert rate < 0.005
    screen.until(lambda: screen.document().groups[0].learning_rate == rate, "the new rate is stored")
    screen.until(lambda: interventions(screen) and interventions(screen)[-1][2] == rate, "the trainer takes it")
    assert {(kind, subject) for kind, subject, _, _ in interventions(screen)} == {("set_learning_rate", "hidden")}

    first, last = interventions(screen)[0][3], interventions(screen)[-1][3]
    screen.until(lambda: screen.last_step() > last + 20, "steps with the new rate")
    steps, of = rates(screen)
    ratio = of["hidden"] / of["all parameters"]
    assert ratio[steps <= first] == pytest.approx(0.5, rel=1e-4)
    assert ratio[steps > last] == pytest.approx(rate / 0.02, rel=1e-4)
    # So near its beginning the cosine is flat.
    assert of["all parameters"] == pytest.approx(0.02, rel=1e-2)

    screen.show_chart(3, "Learning rate")
    screen.until(lambda: screen.drawn_up_to("learning_rate") > last + 20, "the chart shows the new rate")
    drawn = {name: trace["y"] for name, trace in screen.traces("learning_rate").items()}
    assert drawn["hidden"][0] == pytest.approx(0.01, rel=1e-2)
    assert drawn["hidden"][-1] == pytest.approx(rate, rel=1e-2)
    assert drawn["all parameters"] == pytest.approx([0.02] * len(drawn["all parameters"]), rel=1e-2)
    screen.screenshot("rate-changed")


def a_reload_keeps_following(screen):
    run = screen.run().id
    screen.page.reload()
    screen.wait_until_shown()
    screen.until(lambda: screen.shown_step() > 0, "the top bar shows the run's step again")
    assert screen.run().id == run
    grow(screen, *CHARTS)


def it_pauses_steps_and_resumes(screen):
    screen.press("Pause")
    screen.has_status("paused")
    paused_at = stands_still(screen)
    screen.press("Step")
    screen.until(lambda: screen.last_step() > paused_at, "one step is taken")
    assert stands_still(screen) == paused_at + 1
    screen.screenshot("paused")
    screen.press("Resume")
    screen.has_status("running")
    grow(screen, *CHARTS)


def it_stops(screen):
    screen.press("Stop")
    screen.has_status("stopped")
    expect(screen.page.locator(".tp-status")).to_contain_text("stopped")
    stands_still(screen)


def a_reload_finds_everything_again(screen):
    address, document, shown, run = screen.page.url, screen.document(), screen.shown(), screen.run()
    screen.page.reload()
    screen.wait_until_shown()
    assert screen.page.url == address
    assert (screen.document(), screen.shown(), screen.run()) == (document, shown, run)
    expect(screen.page.locator(".mx-strip")).to_have_count(2)
    expect(screen.page.locator(".tp-status")).to_contain_text("stopped")
    for chart in CHARTS:
        screen.until(lambda chart=chart: screen.drawn_up_to(chart) > 0.9 * screen.last_step(), f"{chart} is back")
    screen.press("Undo")
    screen.until(lambda: screen.document() != document, "what was done before the reload is undone")


def it_goes_on_where_it_stopped(screen):
    run, stopped_at = screen.run().id, screen.last_step()
    screen.press("Go on")
    screen.has_status("running")
    assert screen.run().id == run
    grow(screen, *CHARTS)
    rows = screen.rows()
    try:
        assert [each.step for each in rows.events() if each.kind == "went_on"] == [stopped_at]
    finally:
        rows.close()
    screen.screenshot("went-on")
    screen.press("Stop")
    screen.has_status("stopped")


def test_a_slow_browser_keeps_every_part_while_it_trains(open_screen):
    # The processor is taken from a whole process.
    screen = open_screen(is_alone=True)
    screen.make_it_last()
    screen.watch_parts()
    screen.slow_down(5)
    screen.press("Train")
    screen.has_status("running")
    grow(screen, *CHARTS)
    grow(screen, *CHARTS)
    # Streamlit may just have taken one away; what is kept is the same node when it comes back.
    screen.until(lambda: screen.lost_parts() == [], "every part is kept")
    screen.slow_down(1)
    screen.press("Stop")
    screen.has_status("stopped")


def test_a_double_click_on_train_gives_one_run_that_learns_the_digits(open_screen, app):
    screen = open_screen()
    screen.page.get_by_label("Pace", exact=True).select_option("unlimited")
    screen.until(lambda: screen.document().training.pace is None, "no pace is stored")
    screen.page.locator(".tp-main").dblclick()
    screen.has_status("finished")
    expect(screen.page.locator(".tp-status")).to_contain_text("validation")
    screen.screenshot("finished")
    (run,) = app.workspace.runs(experiment_id=screen.experiment_id)
    assert run.summary["val_accuracy"] > 0.95
    for chart in CHARTS:
        screen.until(lambda chart=chart: screen.drawn_up_to(chart) > 0.9 * screen.last_step(), f"{chart} is complete")
    screen.press("Reset")
    screen.until(lambda: len(app.workspace.runs(experiment_id=screen.experiment_id)) == 2, "a fresh start is a new run")
    screen.until(lambda: screen.run().id != run.id, "the address names the new run")
    assert screen.document().training.seed == 1
    screen.has_status("finished")

    screen.page.get_by_role("button", name="2 runs").click()
    screen.page.locator(".rp-offer").filter(has_text=f"#{run.number} ").click()
    screen.page.keyboard.press("Escape")
    first, second = (screen.page.locator(f".rp-run[data-run='{each}']") for each in (screen.run().id, run.id))
    expect(second).to_contain_text(f"{run.summary['val_accuracy']:.1%}".replace("%", " %"))
    expect(second).to_contain_text("finished")
    expect(second).to_contain_text("seed 0")
    expect(first).to_contain_text("seed 1")
    lines = [each.locator(".rp-line path") for each in (first, second)]
    assert lines[0].get_attribute("stroke") != lines[1].get_attribute("stroke")
    assert lines[0].get_attribute("stroke-dasharray") != lines[1].get_attribute("stroke-dasharray")
    screen.until(lambda: screen.query("with") == run.id, "the address names the other run")

    def both_are_drawn():
        return {f"#{run.number}", f"#{screen.run().number}"} <= set(screen.traces("loss"))

    screen.until(both_are_drawn, "both runs are drawn")
    screen.screenshot("two-runs")


def test_a_read_only_view_follows_live_and_changes_nothing(open_screen, app):
    teacher = open_screen()
    teacher.make_it_last()
    teacher.press("Train")
    teacher.has_status("running")
    student = open_screen(f"?run={teacher.run().id}")
    grow(student, *CHARTS)
    student.screenshot("read-only")
    assert student.enabled() == []
    assert teacher.enabled() != []

    before = (app.workspace.experiments(), app.workspace.runs(), teacher.document())
    student.page.keyboard.press("Control+Enter")
    student.card("i2").click()
    for key in ("Delete", "b", "Control+d", "Alt+ArrowDown", "Control+z"):
        student.page.keyboard.press(key)
    slider = student.page.get_by_role("slider").first
    slider.focus()
    student.page.keyboard.press("PageUp")
    grow(student, "loss")
    assert teacher.shown() == student.shown()
    assert (app.workspace.experiments(), app.workspace.runs(), teacher.document()) == before
    assert interventions(teacher) == []
    teacher.press("Stop")
    expect(student.page.locator(".tp-status")).to_contain_text("stopped")


@pytest.mark.skipif(not psutil.LINUX, reason="only Linux tells which libraries a process has mapped")
def test_the_server_never_loads_torch(app, open_screen):
    open_screen()
    mapped = {each.path for each in psutil.Process(app.process.pid).memory_maps()}
    assert any("numpy" in path for path in mapped)
    assert not any("torch" in path for path in mapped)
