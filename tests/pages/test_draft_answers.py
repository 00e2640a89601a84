"""The address at which a page asks what an edit makes of its document."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from builder.pages.draft_answers import MAX_BYTES, DraftAnswers
from builder.pages.drafts import DraftBoard, Drafts
from builder.pages.editing import begin
from builder.pages.known_rows import KnownRows
from builder.spec import load_experiment, with_value

PRESET = load_experiment("digits-residual")


@pytest.fixture
def editing():
    return begin(PRESET)


@pytest.fixture
def drafts(editing):
    return Drafts(SimpleNamespace(editing=editing), KnownRows())


@pytest.fixture
def answers(drafts):
    board = DraftBoard()
    board.add(drafts)
    return DraftAnswers(board)


def post(answers, key, body, pieces=1):
    scope = {"type": "http", "method": "POST", "path": "/draft", "query_string": f"tab={key}".encode(), "headers": []}
    size = -(-len(body) // pieces)
    parts = [body[at : at + size] for at in range(0, max(len(body), 1), max(size, 1))]

    async def receive():
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    # An event loop of its own thread: the browser tests have one in theirs.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, answers.answer(Request(scope, receive))).result()


def edit(editing, **more):
    document = with_value(PRESET, "network.items.i4.items.i5.bypassed", True).model_dump(mode="json")
    return json.dumps({"epoch": editing.epoch, "rev": 1, "document": document, **more}).encode()


@pytest.mark.parametrize("pieces", [1, 3])
def test_an_edit_is_answered_with_shapes_and_counts(answers, drafts, editing, pieces):
    response = post(answers, drafts.key, edit(editing), pieces)
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    found = json.loads(response.body)
    assert (found["epoch"], found["rev"], found["num_blocks"]) == (editing.epoch, 1, 0)


def test_a_tab_that_is_not_known_is_told_so(answers, drafts, editing):
    for key in ("", "x", drafts.key[:-1]):
        response = post(answers, key, edit(editing))
        assert (response.status_code, b"reload" in response.body) == (404, True)


def test_what_is_not_new_or_is_refused_has_no_answer(answers, drafts, editing):
    refused = json.dumps({"epoch": editing.epoch, "rev": 1, "document": {"format": 1, "name": 3}}).encode()
    for body in (edit(editing, epoch=1), edit(editing, rev=0), refused, b"null"):
        assert post(answers, drafts.key, body).status_code == 204


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 200_000])
def test_what_is_no_json_is_refused(answers, drafts, body):
    assert post(answers, drafts.key, body).status_code == 400


def test_a_body_that_is_too_long_is_not_read_to_its_end(answers, drafts):
    response = post(answers, drafts.key, b" " * (3 * MAX_BYTES), pieces=3)
    assert (response.status_code, f"{MAX_BYTES:,}".encode() in response.body) == (413, True)


def test_it_lies_under_the_page_s_path(answers):
    assert [route.path for route in answers.routes("/deep/")] == ["/deep/draft"]
    assert [route.path for route in answers.routes()] == ["/draft"]
