"""The app as the network sees it: who comes in, what they may do, and what is refused."""

import http.client
import re
import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from screen import ENABLED
from served_app import ServedApp

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """The app with `--share`, at this machine's own address all the same: a test opens nothing to the network."""
    served = ServedApp(tmp_path_factory.mktemp("shared"), "--share")
    yield served
    served.close()
    assert served.complaints() == [], served.printed()


def ask(app: ServedApp, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, str]:
    """Status and text of one request, sent as it is written here."""
    sent = {"Host": f"127.0.0.1:{app.port}", **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
    # A client would refuse to send what is asked here.
    with socket.create_connection(("127.0.0.1", app.port), timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode())
        with http.client.HTTPResponse(connection, method=method) as answer:
            answer.begin()
            return answer.status, "" if answer.status == 101 else answer.read().decode("utf-8", "replace")


def open_socket(app: ServedApp, **headers: str) -> int:
    """Status of the handshake for the page's own websocket: 101 if it is opened."""
    handshake = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    return ask(app, "/_stcore/stream", **{**handshake, **headers})[0]


def come_in(page: Page, app: ServedApp, name: str, path: str = "/") -> None:
    page.goto(f"{app.url}{path.removeprefix('/')}")
    (token,) = re.findall(r"/join\?token=(\S+)", app.printed())[:1]
    page.get_by_label("Access token").fill(token)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Come in").click()


def test_two_people_come_in_and_each_changes_what_is_theirs_alone(shared, browser: Browser):
    errors: list[str] = []
    anna, ben = (browser.new_context(viewport={"width": 1280, "height": 720}).new_page() for _ in range(2))
    for page in (anna, ben):
        page.on("pageerror", lambda error: errors.append(str(error)))
    come_in(anna, shared, "Anna")
    anna.get_by_role("button", name="Train", exact=True).click()
    expect(anna.get_by_role("button", name="Pause")).to_be_visible(timeout=60_000)
    (run,) = shared.workspace.runs()
    (entry,) = shared.workspace.experiments()
    assert (run.owner, entry.owner) == ("Anna", "Anna")
    anna.get_by_role("button", name="Share").click()
    expect(anna.get_by_text("Somebody else who is in can watch it and not change it.")).to_be_visible()
    come_in(ben, shared, "Ben", f"/?experiment={entry.id}")
    expect(ben.get_by_text("This belongs to Anna", exact=False)).to_be_visible()
    expect(ben.locator(".hr-editor .node").first).to_be_visible()
    ben.get_by_role("button", name="Dismiss").click()
    expect(ben.get_by_role("button", name="Dismiss")).to_have_count(0)
    assert ben.evaluate(ENABLED) == []
    ben.goto(shared.url)
    expect(ben.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    ben.locator(".tp-name button").click()
    expect(ben.get_by_role("dialog", name="Experiments").get_by_text("Nothing is stored yet")).to_be_visible()
    shared.workspace.command(run.id, "stop")
    for page in (anna, ben):
        page.context.close()
    assert errors == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 101),
        ({"Origin": "own"}, 101),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),
    ],
)
def test_the_pages_socket_is_opened_to_the_own_page_alone(app, headers, status):
    own = {name: f"http://127.0.0.1:{app.port}" if value == "own" else value for name, value in headers.items()}
    assert open_socket(app, **own) == status


def test_without_a_key_nothing_of_a_shared_app_is_served(shared):
    assert open_socket(shared) == 403
    for path in (
        "/",
        "/static/index.html",
        "/_stcore/host-config",
        "/media/x",
        "/component/components.editor/index.js",
        "/feed/charts",
        "/feed/run?run=x",
    ):
        assert ask(shared, path)[0] == 401
    assert ask(shared, "/_stcore/upload_file/a/b", "PUT")[0] == 401


HOSTILE_PATHS = [
    "/../../../../etc/passwd",
    "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/../../../../../etc/passwd",
    "/static/%2e%2e%2f%2e%2e%2fapp.py",
    "/component/components.editor/../../../../../etc/passwd",
    "/component/components.editor/..%2f..%2f..%2fpyproject.toml",
    "/component/..%2f..%2fapp/index.js",
    "/media/..%2f..%2f..%2fetc%2fpasswd",
    "/feed/..%2f..%2f..%2fetc%2fpasswd",
    "/feed/run?run=..%2f..%2fetc%2fpasswd",
    "//etc/passwd",
    "//evil.example/x",
    "/\\\\evil.example\\share",
    "/%5c%5cevil.example%5cshare",
    "/file%00.py",
    "/" + "a" * 60_000,
    "/<script>alert(1)</script>",
    "/?experiment=<script>alert(1)</script>&run=../..&with=%00",
]


@pytest.mark.parametrize("path", HOSTILE_PATHS, ids=lambda path: path[:40])
def test_a_hostile_path_is_refused_or_leads_to_the_page_itself(app, path):
    status, text = ask(app, path)
    assert status in (200, 301, 307, 400, 403, 404, 414)
    assert "root:" not in text
    assert "[tool." not in text
    assert "<script>alert" not in text
    assert status != 200 or "<title>" in text
