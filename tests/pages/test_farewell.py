"""What the terminal is told when the server ends."""

from builder.pages.farewell import say_farewell, what_goes_on
from builder.spec import dump_experiment, load_experiment


def test_nothing_is_said_when_nothing_runs(workspace, tab, start_run, capsys):
    workspace.set_status(start_run(tab).id, "stopped")
    say_farewell(workspace)
    assert capsys.readouterr().out == ""


def test_live_and_queued_runs_are_named_with_the_commands_for_them(workspace, tab, start_run, monkeypatch):
    start_run(tab)
    workspace.submit(dump_experiment(load_experiment("digits-residual")), name="later")
    text = what_goes_on(workspace)
    assert "#1 stored (running)" in text
    assert "#2 later (queued)" in text
    assert f"python -m builder runs list --workspace {workspace.folder}" in text
    assert f"python -m builder shutdown --workspace {workspace.folder}" in text
    monkeypatch.setenv("HIGHRISE_WORKSPACE", str(workspace.folder))
    assert "--workspace" not in what_goes_on(workspace)


def test_a_workspace_that_is_closed_by_then_is_passed_over(workspace, capsys):
    workspace.close()
    say_farewell(workspace)
    assert capsys.readouterr().out == ""
