"""The list of an experiment's runs."""

import numpy as np
import pytest

from builder.charts import LiveView, ShownRun
from builder.pages.differences import difference_rows, differences, flattened, in_short
from builder.pages.run_rows import MAX_LISTED, choice, run_list
from builder.pages.tower_words import tower_words
from builder.spec import dump_experiment, load_experiment, with_value
from builder.workspace.rows import RunWriter, Series


def differing(*documents):
    values = {str(place): flattened(document.model_dump(mode="json")) for place, document in enumerate(documents)}
    return list(differences(values).values())


@pytest.fixture
def base():
    return load_experiment("digits-residual")


def with_rates(experiment, *rates):
    groups = [
        {**group.model_dump(mode="json"), "learning_rate": rate}
        for group, rate in zip(experiment.groups, rates, strict=True)
    ]
    return with_value(experiment, "groups", groups)


def test_what_most_runs_share_is_left_out(base):
    assert differing(base, with_value(base, "training.seed", 1), with_value(base, "training.batch_size", 16)) == [
        [],
        ["seed 1"],
        ["batch size 16"],
    ]
    assert differing(base, with_value(base, "training.seed", 1)) == [["seed 0"], ["seed 1"]]
    assert differing(base, base) == [[], []]


def test_names_notes_and_pace_set_no_run_apart(base):
    other = with_value(with_value(with_value(base, "name", "x"), "notes", "y"), "training.pace", 3.0)
    assert differing(base, other) == [[], []]


def test_rates_are_told_by_group_unless_all_have_the_same(base):
    assert differing(with_rates(base, 1, 1, 1), with_rates(base, 2, 2, 2)) == [["rate 1"], ["rate 2"]]
    assert differing(with_rates(base, 1, 2, 1), with_rates(base, 1, 3, 1))[1] == ["bodies rate 3"]


def test_another_tower_is_told_in_a_word_and_one_of_the_same_blocks_by_a_letter(base):
    other = load_experiment("digits-four-kinds")
    assert "10 blocks · 4 kinds" in differing(base, other)[1]
    items = base.model_dump(mode="json")["network"]["items"]
    items[1]["out_features"] = 32
    assert differing(base, with_value(base, "network.items", items)) == [["layers A"], ["layers B"]]


def test_a_table_has_every_value_that_is_not_the_same_in_all(base):
    documents = [base, with_value(base, "training.seed", 1), with_value(base, "training.duration.epochs", 7.0)]
    documents.append(load_experiment("digits-four-kinds"))
    values = {str(place): flattened(each.model_dump(mode="json")) for place, each in enumerate(documents)}
    rows = {row["title"]: row["cells"] for row in difference_rows(values)}
    assert rows["seed"][:3] == ["0", "1", "0"]
    assert rows["duration"][2] == "7 epochs"
    assert rows["tower"][3] == "10 blocks · 4 kinds"
    assert all(len(cells) == 4 and "" not in cells for cells in rows.values())
    assert difference_rows({"a": values["0"], "b": values["0"]}) == []


def test_many_differences_are_counted():
    assert in_short(["a", "b", "c", "d", "e"], 3) == "a · b · c · 2 more"
    assert in_short([], 3) == ""


def test_a_tower_in_a_word_counts_copies_and_leaves_out_what_is_bypassed():
    block = {"kind": "residual"}
    repeat = {"kind": "repeat", "times": 3, "items": [block, {"kind": "repeat", "times": 2, "items": [block]}]}
    assert tower_words([{"kind": "flatten"}, repeat]) == "9 blocks · residual"
    assert tower_words([block, {"kind": "plain"}, block]) == "3 blocks · residual, plain"
    assert tower_words([{"kind": "linear"}, {"kind": "norm", "bypassed": True}]) == "1 layer"
    assert tower_words(None) == "0 layers"


def test_the_list_says_of_each_run_how_it_stands(tab, workspace, base):
    experiment = tab.editing.experiment_id
    runs = [
        workspace.submit(
            dump_experiment(with_value(base, "training.seed", seed)), experiment_id=experiment, queue=False
        )
        for seed in range(2)
    ]
    workspace.set_status(runs[0].id, "running")
    workspace.set_status(runs[0].id, "finished", summary={"val_accuracy": 0.9})
    workspace.set_status(runs[1].id, "running")
    writer = RunWriter(workspace.run_folder(runs[1].id))
    writer.start({"num_steps": 9}, [Series(id=0, quantity="loss", subject="train", family="scalar")])
    writer.append_steps(1, np.ones((9, 1), dtype=np.float32), 1.0)
    for step, accuracy in ((3, 0.5), (6, 0.8), (9, 0.7)):
        writer.add_evaluation(step, 1.0, "validation", {"loss": 1.0, "accuracy": accuracy})
    view = LiveView([ShownRun(run.id, run.name, workspace.run_folder(run.id), "#3B7DE0") for run in runs], {})
    view.data()
    found = run_list(workspace, experiment, [runs[1].id, "gone", runs[0].id], view.validation)
    view.close()
    writer.close()
    younger, older = found["rows"]
    assert found["shown"] == [runs[1].id, runs[0].id]
    assert (younger["status"], younger["val_accuracy"], younger["best_accuracy"], younger["best_step"]) == (
        "running",
        0.7,
        0.8,
        6,
    )
    assert (older["status"], older["val_accuracy"], older["best_accuracy"]) == ("finished", 0.9, None)
    assert (older["differs"], younger["differs"]) == ("seed 0", "seed 1")
    assert (older["colour"], older["dash"]) != (younger["colour"], younger["dash"])


def test_of_many_runs_the_newest_and_the_drawn_are_listed(tab, workspace, base):
    experiment = tab.editing.experiment_id
    runs = [workspace.submit(dump_experiment(base), experiment_id=experiment) for _ in range(MAX_LISTED + 3)]
    found = run_list(workspace, experiment, [runs[0].id], None)
    assert [row["id"] for row in found["rows"]] == [*(run.id for run in reversed(runs[3:])), runs[0].id]
    assert found["num_older"] == 2


def test_a_choice_holds_runs_of_the_experiment_only(tab, workspace, base):
    experiment = tab.editing.experiment_id
    own = [workspace.submit(dump_experiment(base), experiment_id=experiment).id for _ in range(8)]
    foreign = workspace.submit(dump_experiment(base)).id
    assert choice({"shown": [own[1], foreign, own[0], own[1]]}, workspace, experiment) == [own[1], own[0]]
    assert len(choice({"shown": own}, workspace, experiment)) == 6
    assert choice({"shown": []}, workspace, experiment) == []
    for sent in (None, {}, {"shown": "x"}, {"shown": [1]}, [own[0]]):
        assert choice(sent, workspace, experiment) is None
    assert choice({"shown": own}, workspace, None) is None
