"""`race`: twins one after the other, a table and a sentence."""

import json

from builder.workspace.store import Workspace


def test_a_race_ends_in_a_table_and_a_sentence(builder, tiny, workspace):
    done = builder("race", tiny, "--kinds", "plain,residual", "--depths", "2,3", "--workspace", workspace)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    (start,) = [number for number, line in enumerate(lines) if line.startswith("entrant ")]
    names = [line.partition("  ")[0] for line in lines[start + 1 : start + 5]]
    assert names == ["2 × Plain", "3 × Plain", "2 × Residual", "3 × Residual"]
    assert "the same" in lines[-1]
    assert "From 2 to 3 blocks the training error of Plain" in lines[-1]
    store = Workspace.open(workspace)
    (entry,) = store.experiments()
    assert {run.status for run in store.runs(experiment_id=entry.id)} == {"finished"}
    assert entry.name == "tiny, race"
    store.close()


def test_with_json_the_last_line_holds_the_verdict_and_the_runs(builder, tiny, workspace):
    done = builder("race", tiny, "--learning-rates", "0.5,1", "--json", "--workspace", workspace)
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["event"] == "race_ended"
    assert [row["learning_rate_factor"] for row in last["runs"]] == [0.5, 1.0]
    assert all(row["status"] == "finished" and row["train_error"] is not None for row in last["runs"])


def test_a_run_that_diverges_is_named_and_the_others_go_on(builder, tiny, workspace):
    done = builder("race", tiny, "--learning-rates", "1000,1", "--set", "training.optimizer.momentum=0", "--json",
                   "--set", "training.loss.kind=squared_error", "--workspace", workspace)  # fmt: skip
    rows = json.loads(done.stdout.splitlines()[-1])["runs"]
    assert [row["status"] for row in rows] == ["finished", "diverged"]
    assert done.returncode == 1


def test_every_problem_is_told_and_nothing_is_created(builder, tiny, change, workspace):
    bad = builder("race", tiny, "--kinds", "plain,concat", "--depths", "0,x", "--workspace", workspace)
    assert bad.returncode == 2
    for part in ("depths.0", "depths.1"):
        assert part in bad.stderr
    assert "no kind “concat”" in builder("race", tiny, "--kinds", "plain,concat").stderr
    assert "two runs at least" in builder("race", tiny).stderr

    def break_it(document):
        document["network"]["items"][1]["items"][0].update(kind="plain")
        document["network"]["items"][1]["items"][0]["body"][0]["out_features"] = 9

    broken = builder("race", change(break_it), "--kinds", "plain,residual", "--workspace", workspace)
    assert broken.returncode == 2
    assert "Residual: The body gives 9 but the shortcut 8" in broken.stderr
    assert not workspace.exists()
