"""Comparing runs in the running app: table, tags, undo, curves over seconds, files with the numbers of the rows."""

import csv
import io
import sqlite3
import struct
import zlib

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import quick_digits

from builder.spec import dump_experiment, with_value
from builder.workspace.rows import find_series

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

NUM_LISTED = 40


def losses_of(folder):
    """The training losses as the file has them, by SQLite and numpy alone."""
    database = sqlite3.connect(folder / "run.db")
    series = database.execute("SELECT id, quantity, subject, family, every FROM series ORDER BY id").fetchall()
    track = [each for each in series if each[3:] == series[0][3:]]
    place = next(place for place, each in enumerate(track) if each[1:3] == ("loss", "train"))
    blobs = database.execute("SELECT data FROM chunk WHERE track = 0 ORDER BY first_record").fetchall()
    seconds = database.execute("SELECT sum(seconds) FROM flush").fetchone()[0]
    database.close()
    values = np.concatenate([np.frombuffer(blob, dtype="<f4").reshape(-1, len(track)) for (blob,) in blobs])
    return values[:, place], seconds


def pixels_of(png):
    """Width, height and the first pixel of a PNG."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    data, at = b"", 8
    while at < len(png):
        (size,), kind = struct.unpack(">I", png[at : at + 4]), png[at + 4 : at + 8]
        data += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    return width, height, tuple(zlib.decompress(data)[1:4])


def two_trained_runs(screen):
    """Two short runs of two seeds, as fast as they go."""
    workspace = screen.app.workspace
    screen.press("Train")
    first = screen.run()
    document = with_value(screen.document(), "training.seed", 7)
    second = workspace.submit(dump_experiment(document), experiment_id=screen.experiment_id, device="cpu")
    for run in (first, second):
        screen.until(lambda run=run: workspace.run(run.id).status == "finished", "it is trained", 120.0)
    return workspace.run(first.id), workspace.run(second.id)


def test_runs_are_compared_from_the_table_to_the_files(open_screen, app):
    entry = app.workspace.create_experiment(dump_experiment(quick_digits()))
    screen = open_screen(f"?experiment={entry.id}")
    page, workspace = screen.page, screen.app.workspace
    first, second = two_trained_runs(screen)
    page.get_by_role("button", name="Table", exact=True).click()
    dialog = page.get_by_role("dialog", name="Runs", exact=True).locator("visible=true")
    lines = {run.id: dialog.locator(f"tr[data-run='{run.id}']") for run in (first, second)}
    for run in (first, second):
        expect(lines[run.id]).to_contain_text("finished")
        expect(lines[run.id].locator("td[data-column=val_accuracy]")).to_contain_text(
            f"{100 * run.summary['val_accuracy']:.1f} %"
        )
    expect(lines[second.id]).to_contain_text("seed 7")

    # Draw both, sort, find.
    lines[second.id].locator("input").click()
    expect(dialog.locator(".rt-count")).to_contain_text("2 drawn")
    dialog.get_by_role("button", name="Time", exact=True).click()
    shown = dialog.locator("tr[data-run]").evaluate_all("rows => rows.map((row) => row.dataset.run)")
    quicker = min((first, second), key=lambda run: losses_of(workspace.run_folder(run.id))[1])
    assert shown[0] == quicker.id
    dialog.get_by_placeholder("Find by").fill("seed 7")
    expect(dialog.locator("tr[data-run]")).to_have_count(1)
    dialog.get_by_placeholder("Find by").fill("")

    # Tag and rename, delete and undo.
    lines[second.id].locator("td[data-column=name]").click()
    dialog.get_by_label("Tags").fill("best, for class")
    page.keyboard.press("Enter")
    screen.until(lambda: workspace.run(second.id).tags == ("best", "for class"), "the tags are stored")
    dialog.get_by_label("Name").fill("=seven, again")
    page.keyboard.press("Enter")
    screen.until(lambda: workspace.run(second.id).name == "=seven, again", "the name is stored")
    screen.screenshot("compare-table")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    screen.until(lambda: [run.id for run in workspace.runs(deleted=True)] == [second.id], "it is deleted")
    expect(dialog.locator(".rt-count")).to_contain_text("1 drawn")
    dialog.get_by_role("button", name="Undo").click()
    screen.until(lambda: workspace.runs(deleted=True) == [], "it is back")
    expect(dialog.locator(".rt-count")).to_contain_text("2 drawn")
    expect(lines[second.id]).to_contain_text("best")
    dialog.get_by_role("tab", name="Side by side").click()
    expect(dialog.locator(".rt-side tr").filter(has_text="seed").locator("td")).to_have_text(["0", "7"])
    screen.screenshot("compare-side")
    with page.expect_download() as scalars:
        dialog.get_by_role("button", name="CSV of drawn runs").click()
    rows = list(csv.DictReader(io.StringIO(scalars.value.path().read_text(encoding="utf-8"))))
    assert {row["name"] for row in rows} == {first.name, "'=seven, again"}
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    # Curves over each other, along seconds.
    names = {f"#{run.number}" for run in (first, second)}
    screen.until(lambda: names <= set(screen.traces("loss")), "both are drawn")
    menu = page.get_by_role("button", name="Menu: Loss")
    menu.click()
    page.get_by_role("button", name="Seconds of training").click()
    for run in (first, second):
        _, seconds = losses_of(workspace.run_folder(run.id))
        trace = lambda run=run: screen.traces("loss").get(f"#{run.number}", {"x": [0]})  # noqa: E731
        screen.until(
            lambda trace=trace, seconds=seconds: abs(trace()["x"][-1] - seconds) < 0.05 * seconds, "in seconds"
        )
    screen.screenshot("compare-seconds")

    # Files.
    menu.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV: every recorded step").click()
    assert download.value.suggested_filename == f"loss-run-{first.number}-{second.number}.csv"
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    for run in (first, second):
        values, seconds = losses_of(workspace.run_folder(run.id))
        own = [row for row in rows if row["run"] == str(run.number) and row["loss train"]]
        np.testing.assert_array_equal(np.float32([row["loss train"] for row in own]), values)
        assert float(own[-1]["training_seconds"]) == pytest.approx(seconds, abs=1e-5)
    for theme, corner in (("white", (255, 255, 255)), ("dark", (18, 21, 27))):
        menu.click()
        with page.expect_download() as download:
            page.get_by_role("button", name=f"PNG, {theme}").click()
        assert download.value.suggested_filename == f"loss-run-{first.number}-{second.number}.png"
        width, height, pixel = pixels_of(download.value.path().read_bytes())
        assert (width, height) == (2400, 1400)
        assert pixel == corner
    assert find_series(screen.rows().series(), "loss", "train")


def test_forty_runs_are_listed_and_the_screen_stays_whole(open_screen):
    screen = open_screen()
    page, workspace = screen.page, screen.app.workspace
    screen.press("Train")
    first = screen.run()
    workspace.command(first.id, "stop")
    screen.has_status("stopped", "finished")
    base = screen.document()
    for seed in range(1, NUM_LISTED):
        document = dump_experiment(with_value(base, "training.seed", seed))
        run = workspace.submit(document, experiment_id=screen.experiment_id, queue=False)
        workspace.set_status(run.id, "failed", "There was no memory left.")
    page.get_by_role("button", name="Table", exact=True).click()
    dialog = page.get_by_role("dialog", name="Runs", exact=True).locator("visible=true")
    expect(dialog.locator(".rt-count")).to_contain_text(f"{NUM_LISTED} of {NUM_LISTED}")
    expect(dialog.locator(".rt-count")).not_to_contain_text("reading")
    assert screen.overflow() == []
    screen.screenshot("compare-forty")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(dialog.locator(".rt-words").first).to_be_visible()
    screen.until(lambda: len(workspace.runs(experiment_id=screen.experiment_id, deleted=True)) == NUM_LISTED, "all")
    dialog.get_by_role("button", name="Undo").click()
    screen.until(lambda: len(workspace.runs(experiment_id=screen.experiment_id)) == NUM_LISTED, "all are back")
