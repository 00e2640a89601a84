"""What the page makes of the components' presses."""

import pytest
from tabs import commands

from builder.pages.presses import act


@pytest.fixture
def press(tab):
    """Hands a press of the top bar to the page."""
    return lambda **message: act(tab, "transport", message)


def test_a_press_whose_callback_runs_twice_is_done_once(workspace, tab, start_run, press):
    run = start_run(tab)
    press(kind="step", nonce="a")
    press(kind="step", nonce="a")
    assert commands(workspace, run) == [("step", {})]
    press(kind="step", nonce="b")
    assert commands(workspace, run) == [("step", {})] * 2


def test_a_fresh_start_whose_callback_runs_twice_is_one_run(workspace, tab, start_run, press):
    run = start_run(tab)
    workspace.set_status(run.id, "finished")
    press(kind="restart", nonce=1)
    press(kind="restart", nonce=1)
    assert len(workspace.runs()) == 2


def test_a_warning_that_is_passed_over_trains_nothing_if_the_document_has_got_a_problem_since(
    workspace, tab, send, press
):
    tab.session.notify("warning", "It may not fit into memory.", "submit", "Train all the same")
    network = tab.editing.experiment.model_dump(mode="json")["network"]
    network["items"][1]["out_features"] = 32
    send(tab, network=network)
    press(kind="notice_action", nonce=1)
    assert workspace.runs() == []
    assert "32" in tab.session.notice.text


def test_a_press_of_an_odd_name_is_a_press(workspace, tab, start_run, press):
    run = start_run(tab)
    press(kind="step", nonce=["x"])
    assert commands(workspace, run) == [("step", {})]


@pytest.mark.parametrize("message", [{}, {"kind": "explode"}, {"kind": None, "nonce": {}}])
def test_a_forged_action_does_nothing(workspace, tab, start_run, press, message):
    run = start_run(tab)
    press(**message)
    assert commands(workspace, run) == []
