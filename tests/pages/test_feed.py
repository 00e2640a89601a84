"""What a page asks for itself: each is told what it has not, and the files are looked at once for all."""

import asyncio
import gzip
import json
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from starlette.requests import Request

from builder.charts.assembly import Assembly
from builder.pages import feed_sources
from builder.pages.feed import FORGET_SECONDS, LOOK_SECONDS, MAX_SOURCES, SECONDS_HEADER, VERSION_HEADER, Feed
from builder.spec import dump_experiment, load_experiment
from builder.workspace.errors import WorkspaceUnusable
from builder.workspace.rows import RunWriter, Series
from builder.workspace.store import Workspace

PACE = 0.25
SERIES = (
    Series(id=0, quantity="loss", subject="train", family="scalar"),
    Series(id=1, quantity="learning_rate", subject="all", family="scalar"),
    Series(id=2, quantity="grad_norm", subject="all", family="scalar"),
    Series(id=3, quantity="grad_norm", subject="i2", family="profile"),
)
BLOCKS = [{"address": "i2", "item": "i2", "kind": "plain", "depth": 1, "num_parameters": 4}]
INFO = {
    "num_steps": 200,
    "steps_per_epoch": 20,
    "batch_size": 64,
    "groups": [{"name": "all", "colour": "#2F7FD0"}],
    "blocks": BLOCKS,
}


@pytest.fixture
def answers():
    """Of preflights, by key."""
    return {}


@pytest.fixture
def feed(workspace, clock, answers):
    feed = Feed(lambda: Workspace.open(workspace.folder), lambda: PACE, answers.get, clock)
    yield feed
    feed.close()


@pytest.fixture
def run(workspace):
    run = workspace.submit(dump_experiment(load_experiment("digits-residual")), queue=False)
    workspace.set_status(run.id, "running")
    return run


@pytest.fixture
def grow(workspace, run, clock):
    """Writes more steps, and lets time pass until files are looked at again."""
    writer = RunWriter(workspace.run_folder(run.id))
    writer.start(INFO, SERIES)

    def grow_(num_steps, value=0.5):
        values = np.full((num_steps, len(SERIES)), value, dtype=np.float32)
        writer.append_steps(writer.last_step + 1, values, 0.1)
        clock.now += LOOK_SECONDS

    yield grow_
    writer.close()


def ask(feed, name, query="", have="", encoding=""):
    """Status, JSON and headers of one answer."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/feed/{name}",
        "path_params": {"name": name},
        "query_string": f"{query}&have={have}".encode(),
        "headers": [(b"accept-encoding", encoding.encode())],
    }
    # Not in this thread, in which a browser's loop may be under way.
    with ThreadPoolExecutor(1) as thread:
        response = thread.submit(asyncio.run, feed.answer(Request(scope))).result()
    body = bytes(response.body)
    if response.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return response.status_code, json.loads(body) if response.status_code == 200 else body.decode(), response.headers


def test_a_runs_state_is_its_status_rates_norms_and_cards(feed, run, grow):
    grow(50)
    status, state, headers = ask(feed, "run", f"run={run.id}")
    assert status == 200
    assert (state["run"]["id"], state["run"]["status"], state["run"]["step"]) == (run.id, "running", 50)
    assert state["groups"] == {"all": {"learning_rate": 0.5, "grad_norm": 0.5}}
    assert state["cards"] == {"step": 50, "probed_at": 0, "items": {"i2": {"gradient": [0.25]}}}
    assert headers[SECONDS_HEADER] == str(PACE)
    assert headers["cache-control"] == "no-store"


def test_a_norm_that_is_not_finite_is_still_strict_json(feed, run, grow):
    grow(3, np.inf)
    _, state, _ = ask(feed, "run", f"run={run.id}")
    assert state["groups"]["all"]["grad_norm"] == "∞"


def test_whoever_has_the_newest_is_told_nothing(feed, run, grow):
    grow(5)
    for name, query in (("run", f"run={run.id}"), ("charts", f"runs={run.id}"), ("runs", f"shown={run.id}")):
        _, first, headers = ask(feed, name, query)
        status, body, headers = ask(feed, name, query, headers[VERSION_HEADER])
        assert (status, body) == (204, "")
        assert float(headers[SECONDS_HEADER]) > 0
        assert first


def test_a_state_says_since_when_it_is_so(feed, run, grow, clock):
    grow(5)
    _, first, headers = ask(feed, "run", f"run={run.id}")
    clock.now += LOOK_SECONDS
    assert ask(feed, "run", f"run={run.id}", headers[VERSION_HEADER])[0] == 204
    grow(5)
    _, second, _ = ask(feed, "run", f"run={run.id}", headers[VERSION_HEADER])
    assert second["at"] > first["at"]
    assert second["run"]["step"] == 10


def test_a_profile_is_told_at_any_step(feed, run, grow):
    grow(40, 0.5)
    grow(40, 0.25)
    for step, height in ((40, 0.25), (80, 0.125), (500, 0.125)):
        status, found, headers = ask(feed, "profile", f"runs={run.id}&chart=depth_profile&step={step}")
        assert (status, found["note"]) == (200, f"step {min(step, 80)}")
        (dots,) = [fill for uid, fill in found["fills"].items() if "-dot-" in uid]
        assert dots == {"x": [1], "y": [height]}
        assert float(headers[SECONDS_HEADER]) == PACE / 4
        assert headers["cache-control"] == "no-store"


def test_what_is_no_profile_or_no_step_is_refused(feed, run, grow):
    grow(5)
    query = f"runs={run.id}&chart="
    assert ask(feed, "profile", f"{query}gate_profile&step=5")[0] == 204
    assert ask(feed, "profile", f"{query}loss&step=5")[0] == 204
    for step in ("", "-1", "1.5", "%C2%B2", "9" * 13, "nan"):
        status, words, _ = ask(feed, "profile", f"{query}depth_profile&step={step}")
        assert (status, words) == (400, "A step is a whole number of at most 12 digits.")
    assert ask(feed, "profile", "runs=x&chart=depth_profile&step=5")[0] == 404


def test_charts_are_told_by_what_is_new(feed, run, grow):
    grow(40)
    assembly = Assembly()
    _, message, headers = ask(feed, "charts", f"runs={run.id}")
    assert message["full"]
    assert assembly.apply(message)
    grow(10)
    _, message, headers = ask(feed, "charts", f"runs={run.id}", headers[VERSION_HEADER])
    assert not message["full"]
    assert message["tables"][f"{run.id}/every1"]["first"] == 39
    assert assembly.apply(message)
    assert assembly.tables()[f"{run.id}/every1"]["x"] == list(range(1, 51))


def test_no_runs_are_charts_that_say_what_will_appear(feed):
    _, message, headers = ask(feed, "charts")
    assert message["empty"]
    assert message["charts"]
    assert float(headers[SECONDS_HEADER]) == 1.0


def test_files_are_looked_at_once_for_all_who_ask(feed, run, grow, clock, monkeypatch):
    grow(5)
    looks = []
    original = feed_sources.RunState.look
    monkeypatch.setattr(feed_sources.RunState, "look", lambda self: (looks.append(1), original(self)))
    for _ in range(30):
        ask(feed, "run", f"run={run.id}")
    assert len(looks) == 1
    clock.now += LOOK_SECONDS
    for _ in range(30):
        ask(feed, "run", f"run={run.id}")
    assert len(looks) == 2


def test_what_has_ended_is_asked_for_seldom(feed, workspace, run, grow):
    grow(5)
    workspace.set_status(run.id, "finished")
    for name, query in (("run", f"run={run.id}"), ("charts", f"runs={run.id}")):
        assert ask(feed, name, query)[2][SECONDS_HEADER] == "1"


def test_a_preflight_is_told_once_there_is_an_answer_and_then_asked_for_seldom(feed, answers, clock):
    status, _, headers = ask(feed, "preflight", "key=abc")
    assert (status, headers[SECONDS_HEADER]) == (204, str(PACE))
    answers["abc"] = {"sentence": "<b>", "items": {}}
    clock.now += LOOK_SECONDS
    status, found, headers = ask(feed, "preflight", "key=abc")
    assert (status, found["sentence"], found["items"]) == (200, "<b>", {})
    assert float(headers[SECONDS_HEADER]) > 10
    assert ask(feed, "preflight", "key=abc", headers[VERSION_HEADER])[0] == 204


def test_the_list_knows_the_accuracies_of_what_is_drawn(feed, workspace, run, grow, clock):
    grow(5)
    writer = RunWriter(workspace.run_folder(run.id))
    writer.add_evaluation(5, 0.1, "validation", {"loss": 1.0, "accuracy": 0.75})
    writer.close()
    ask(feed, "charts", f"runs={run.id}")
    _, found, headers = ask(feed, "runs", f"shown={run.id}")
    assert [(row["id"], row["val_accuracy"]) for row in found["rows"]] == [(run.id, 0.75)]
    assert headers[SECONDS_HEADER] == "1"


@pytest.mark.parametrize(
    ("name", "query", "status"),
    [
        ("run", "", 404),
        ("run", "run=nobody", 404),
        ("run", "run=..%2F..%2Fetc%2Fpasswd", 404),
        ("run", "run=%00", 404),
        ("run", f"run={'x' * 60_000}", 404),
        ("runs", "experiment=nobody", 200),
        ("runs", "shown=nobody", 200),
        ("table", "experiment=nobody", 200),
        ("table", "", 200),
        ("differences", "runs=nobody", 200),
        ("differences", "runs=..%2F..", 200),
        ("charts", "runs=nobody", 404),
        ("charts", "runs=..%2F..", 404),
        ("charts", "runs=" + "%2C" * 500, 200),
        ("nothing", "", 404),
    ],
)
def test_what_there_is_not_is_refused_and_tells_nothing(feed, workspace, name, query, status):
    found, said, _ = ask(feed, name, query)
    assert found == status
    assert str(workspace.folder) not in str(said)


def test_a_run_deleted_under_way_tells_nothing_until_it_is_restored_or_gone(feed, workspace, run, grow, clock):
    grow(5)
    assert ask(feed, "charts", f"runs={run.id}")[0] == 200
    workspace.set_status(run.id, "finished")
    workspace.delete_run(run.id)
    clock.now += LOOK_SECONDS
    assert ask(feed, "charts", f"runs={run.id}")[0] == 204
    assert ask(feed, "run", f"run={run.id}")[0] == 204
    workspace.restore_run(run.id)
    clock.now += LOOK_SECONDS
    assert ask(feed, "charts", f"runs={run.id}")[0] == 200
    workspace.delete_run(run.id)
    workspace.purge_runs(math.inf)
    clock.now += 2 * LOOK_SECONDS
    assert ask(feed, "charts", f"runs={run.id}")[0] == 404
    assert ask(feed, "run", f"run={run.id}")[0] == 404


def test_a_read_only_or_damaged_file_is_told_in_words(feed, workspace, run, grow, clock, monkeypatch):
    def broken(*_):
        raise WorkspaceUnusable("The disk is gone.")

    monkeypatch.setattr(feed_sources, "run_status", broken)
    assert ask(feed, "run", f"run={run.id}")[:2] == (503, "The disk is gone.")


def test_what_nobody_asks_for_is_closed_and_of_too_many_the_oldest(feed, workspace, run, grow, clock):
    grow(5)
    ask(feed, "charts", f"runs={run.id}")
    clock.now += FORGET_SECONDS + 1
    ask(feed, "run", f"run={run.id}")
    assert list(feed._sources) == [("run", run.id)]
    for number in range(MAX_SOURCES + 5):
        clock.now += 0.001
        ask(feed, "runs", f"experiment=e{number}")
    assert len(feed._sources) == MAX_SOURCES
    assert ("run", run.id) not in feed._sources


def test_a_finding_is_told_whole_kept_by_the_browser_and_read_once(feed, run, grow, workspace, monkeypatch):
    grow(1)
    writer = RunWriter(workspace.run_folder(run.id))
    arrays = {
        "filters": np.full((1, 2, 2, 1), 128, np.uint8),
        "scale": np.array(0.5),
        "num_filters": np.array(1),
        "address": np.array("i1.weight"),
    }
    writer.add_evaluation(1, 0.1, "validation", {"accuracy": 0.5}, findings={"filters": arrays})
    reads = []
    read = feed_sources.read_content
    monkeypatch.setattr(feed_sources, "read_content", lambda *which: reads.append(which) or read(*which))
    for encoding in ("", "gzip, deflate"):
        status, content, headers = ask(feed, "finding", f"run={run.id}&finding=1", encoding=encoding)
        assert status == 200
        assert headers.get("content-encoding") == ("gzip" if encoding else None)
        assert content["wall"]["summary"] == "i1.weight: 1 filters, black −0.5, white 0.5"
        assert "immutable" in headers["cache-control"]
        assert "private" in headers["cache-control"]
    assert len(reads) == 1
    assert ask(feed, "finding", f"run={run.id}&finding=2")[0] == 204
    writer.close()


@pytest.mark.parametrize("finding", ["", "-1", "1e3", "x", "9" * 30, "١"])
def test_a_finding_that_is_no_number_is_refused(feed, run, finding):
    assert ask(feed, "finding", f"run={run.id}&finding={finding}")[0] == 404


def test_a_finding_of_a_run_that_there_is_not_or_that_has_no_rows_is_told_so(feed, run, workspace):
    assert ask(feed, "finding", "run=nothing&finding=1")[0] == 404
    assert ask(feed, "finding", f"run={run.id}&finding=1")[0] == 503
