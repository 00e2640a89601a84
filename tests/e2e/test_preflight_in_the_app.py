"""The preflight in the running app: what the first step finds follows each edit."""

import pytest
from playwright.sync_api import expect

from builder.spec import dump_experiment, load_experiment

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

START_MS = 120_000
"""For torch to start, on a machine that others use too."""
ANSWER_MS = 20_000


def test_fifty_plain_layers_are_warned_of_until_one_click_helps(app, open_screen):
    entry = app.workspace.create_experiment(dump_experiment(load_experiment("digits-plain-50")))
    screen = open_screen(f"?experiment={entry.id}")
    verdict = screen.page.locator(".tower .verdict")
    expect(verdict).to_contain_text("Block 1 gets 1e-19 of the last block's gradient.", timeout=START_MS)
    expect(verdict).to_contain_text("Use He init, a norm, or a skip.")
    expect(screen.page.locator(".tower .counts")).to_contain_text("an epoch")
    chip = screen.page.locator(".card .chip.flow:not(:empty)")
    expect(chip).to_have_text("35 of 50 vanish")
    screen.screenshot("preflight")
    times = screen.page.get_by_label("Number of copies")
    times.fill("5")
    times.press("Enter")
    expect(verdict).to_be_hidden(timeout=ANSWER_MS)
    expect(chip).to_have_count(0)
    screen.press("Undo")
    expect(verdict).to_contain_text("Block 1 gets 1e-19", timeout=ANSWER_MS)
