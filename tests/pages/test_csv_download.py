"""Downloads as CSV: what a chart draws, of the runs that were asked for, streamed; and what is refused."""

import asyncio
import csv
import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from starlette.requests import Request

from builder.pages.csv_download import CsvDownloads
from builder.spec import dump_experiment, load_experiment
from builder.workspace.rows import RunWriter, Series
from builder.workspace.store import Workspace

SERIES = (
    Series(id=0, quantity="loss", subject="train", family="scalar"),
    Series(id=1, quantity="accuracy", subject="train", family="scalar"),
    Series(id=2, quantity="learning_rate", subject="all", family="scalar"),
    Series(id=3, quantity="grad_norm", subject="all", family="scalar"),
    Series(id=4, quantity="grad_norm", subject="i2", family="profile"),
    Series(id=5, quantity="activation_rms", subject="i2", family="profile", every=10),
)
BLOCK = {"address": "i2", "item": "i2", "kind": "plain", "depth": 1, "num_parameters": 100, "num_trained": 25}
INFO = {
    "num_steps": 200,
    "steps_per_epoch": 20,
    "groups": [{"name": "all", "colour": "#2F7FD0"}],
    "blocks": [BLOCK],
}


@pytest.fixture
def downloads(workspace):
    return CsvDownloads(lambda: Workspace.open(workspace.folder))


@pytest.fixture
def runs(workspace):
    """Two runs and their values."""
    found = []
    for seed in range(2):
        run = workspace.submit(dump_experiment(load_experiment("digits-residual")), queue=False, name=f"=run, {seed}")
        writer = RunWriter(workspace.run_folder(run.id))
        writer.start(INFO, SERIES)
        values = np.random.default_rng(seed).random((50, len(SERIES)), dtype=np.float32)
        writer.append_steps(1, values, 2.0)
        writer.add_evaluation(50, 2.5, "validation", {"loss": 0.5, "accuracy": 0.75})
        writer.close()
        found.append((run, values))
    return found


def ask(downloads, name, query):
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/csv/{name}",
        "path_params": {"name": name},
        "query_string": query.encode(),
        "headers": [],
    }

    async def whole():
        response = await downloads.answer(Request(scope))
        if hasattr(response, "body_iterator"):
            return response, "".join([piece async for piece in response.body_iterator])
        return response, bytes(response.body).decode()

    with ThreadPoolExecutor(1) as thread:
        response, text = thread.submit(lambda: asyncio.run(whole())).result()
    return response.status_code, text, response.headers


def rows_of(downloads, name, query):
    status, text, headers = ask(downloads, name, query)
    assert status == 200, text
    assert headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(text)))


def test_a_chart_s_file_has_its_numbers_of_all_runs_and_nothing_else(downloads, runs):
    ids = ",".join(run.id for run, _ in runs)
    rows = rows_of(downloads, "chart", f"chart=loss&runs={ids}")
    beside = ["run", "name", "step", "epoch", "training_seconds"]
    assert list(rows[0]) == [*beside, "loss train", "loss validation"]
    assert len(rows) == 100
    for run, values in runs:
        own = [row for row in rows if row["run"] == str(run.number)]
        np.testing.assert_array_equal(np.float32([row["loss train"] for row in own]), values[:, 0])
        assert own[0]["name"] == f"'{run.name}"
        assert own[-1]["loss validation"] == "0.5"
        assert [own[-1][each] for each in ("epoch", "training_seconds")] == ["2.5", "2.000000"]


@pytest.mark.parametrize(
    ("chart", "column", "place", "every"),
    [
        ("accuracy", "accuracy train", 1, 1),
        ("learning_rate", "learning_rate all", 2, 1),
        ("grad_norm", "grad_norm all", 3, 1),
        ("gradient_map", "grad_norm block i2", 4, 1),
        ("activation_map", "activation_rms block i2", 5, 10),
        ("activation_profile", "activation_rms block i2", 5, 10),
    ],
)
def test_every_chart_gives_the_steps_at_which_its_numbers_were_recorded(downloads, runs, chart, column, place, every):
    (run, values), _ = runs
    rows = [row for row in rows_of(downloads, "chart", f"chart={chart}&runs={run.id}") if row[column]]
    assert [int(row["step"]) for row in rows] == list(range(every, 51, every))
    np.testing.assert_array_equal(np.float32([row[column] for row in rows]), values[every - 1 :: every, place])


def test_the_depth_profile_s_numbers_are_per_trained_parameter_as_it_draws_them(downloads, runs):
    (run, values), _ = runs
    rows = rows_of(downloads, "chart", f"chart=depth_profile&runs={run.id}")
    found = [float(row["grad_norm per parameter block i2"]) for row in rows]
    np.testing.assert_allclose(found, values[:, 4].astype(np.float64) / np.sqrt(25), rtol=1e-6)


def test_the_scalars_of_runs_are_one_file_and_it_says_whose(downloads, runs):
    (run, values), (other, _) = runs
    status, text, headers = ask(downloads, "scalars", f"runs={run.id},{other.id}")
    assert status == 200
    assert headers["content-disposition"] == f'attachment; filename="scalars-run-{run.number}-{other.number}.csv"'
    rows = list(csv.DictReader(io.StringIO(text)))
    assert not any("block" in name for name in rows[0])
    for place, name in enumerate(["loss train", "accuracy train", "learning_rate all", "grad_norm all"]):
        np.testing.assert_array_equal(np.float32([row[name] for row in rows[:50]]), values[:, place])


@pytest.mark.parametrize(
    ("name", "query", "status"),
    [
        ("chart", "chart=nothing&runs={run}", 404),
        ("chart", "chart=gate_map&runs={run}", 404),
        ("chart", "chart=loss&runs=", 404),
        ("chart", "chart=loss&runs=../../workspace", 404),
        ("scalars", "runs={queued}", 404),
        ("other", "runs={run}", 404),
    ],
)
def test_what_there_is_not_is_refused_in_words(downloads, runs, workspace, name, query, status):
    queued = workspace.submit(dump_experiment(load_experiment("digits-residual")))
    found, text, _ = ask(downloads, name, query.format(run=runs[0][0].id, queued=queued.id))
    assert found == status
    assert text
    assert "Traceback" not in text


def test_a_deleted_run_gives_no_file(downloads, runs, workspace):
    run, _ = runs[0]
    workspace.set_status(run.id, "failed")
    workspace.delete_run(run.id)
    assert ask(downloads, "scalars", f"runs={run.id}")[0] == 404


def test_it_answers_under_the_path_that_the_page_has(downloads):
    assert [route.path for route in downloads.routes("/deep/")] == ["/deep/csv/{name}"]
    assert [route.path for route in downloads.routes()] == ["/csv/{name}"]
