"""What passes the gate, and what does not: asked as an ASGI server asks."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from builder.access.gate import COOKIE, ENTRANCE, Gate
from builder.access.sharing import Sharing
from builder.workspace.owners import HOST
from builder.workspace.store import Workspace

OWN = "localhost:8501"
TOKEN, HOST_TOKEN = "token-of-the-class", "token-of-the-host"


@dataclass
class Answer:
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    seen: dict[str, Any] | None = None

    @property
    def passed(self) -> bool:
        return self.seen is not None


def ask(
    sharing: Sharing,
    path: str = "/",
    *,
    kind: str = "http",
    method: str = "GET",
    body: bytes = b"",
    query: str = "",
    host: str = OWN,
    **headers: str,
) -> Answer:
    """What a request is answered; `seen` is the request as it reached what lies behind the gate."""
    answer = Answer()

    async def behind(scope, receive, send):
        answer.seen = dict(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        elif message["type"] == "websocket.close":
            answer.status = 403
        answer.body += message.get("body", b"").decode()

    sent = {"host": host, **headers}
    scope = {
        "type": kind,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "scheme": "http",
        "server": ("127.0.0.1", 8501),
        "headers": [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in sent.items()],
        **({"method": method} if kind == "http" else {}),
    }
    asyncio.run(Gate(behind, sharing)(scope, receive, send))
    return answer


def join(sharing: Sharing, token: str, name: str = "", next_path: str = "/") -> Answer:
    form = urlencode({"token": token, "name": name, "next": next_path}).encode()
    return ask(sharing, ENTRANCE, method="POST", body=form, origin=f"http://{OWN}")


def cookie_of(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


@pytest.fixture
def workspace(tmp_path):
    opened = Workspace.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def alone() -> Sharing:
    return Sharing(frozenset({"localhost", "127.0.0.1"}))


@pytest.fixture
def shared(workspace) -> Sharing:
    return Sharing(frozenset({"localhost", "lab.example"}), workspace, TOKEN, HOST_TOKEN)


FOREIGN = [
    {"host": "evil.example"},
    {"host": "evil.example:8501"},
    {"host": ""},
    {"host": "localhost.evil.example"},
    {"kind": "websocket", "host": "evil.example"},
    {"kind": "websocket", "origin": "http://evil.example"},
    {"kind": "websocket", "origin": "http://localhost:9999"},
    {"kind": "websocket", "origin": "null"},
    {"kind": "websocket", "origin": f"http://{OWN}.evil.example"},
    {"kind": "websocket", "origin": f"http://evil.example/{OWN}"},
    {"kind": "websocket", "origin": f"http://{OWN}@evil.example"},
    {"method": "POST", "origin": "http://evil.example"},
    {"method": "PUT", "origin": "http://evil.example"},
    {"method": "DELETE", "origin": "null"},
]


@pytest.mark.parametrize("request_", FOREIGN)
def test_what_comes_from_elsewhere_is_refused_shared_or_not(request_, alone, shared, workspace):
    key = f"{COOKIE}={workspace.admit('Anna')}"
    for sharing in (alone, shared):
        answer = ask(sharing, **request_, cookie=key)
        assert answer.status == 403
        assert not answer.passed


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"host": "LOCALHOST:8501"},
        {"origin": "http://evil.example"},
        {"kind": "websocket", "origin": f"http://{OWN}"},
        {"kind": "websocket"},
        {"method": "POST", "origin": f"http://{OWN}"},
        {"path": ENTRANCE},
    ],
)
def test_alone_what_comes_from_its_own_page_passes(request_, alone):
    assert ask(alone, **request_).passed


def test_alone_a_key_means_nothing_and_other_cookies_stay(alone, workspace):
    key = workspace.admit("Anna")
    seen = ask(alone, cookie=f"a=1; {COOKIE}={key}; b=2").seen
    assert dict(seen["headers"])[b"cookie"] == b"a=1; b=2"


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "cookie", ["", f"{COOKIE}=", f"{COOKIE}=made-up", "other=1", f"{COOKIE}=\x00", "=;=", "a" * 5000]
)
def test_shared_nothing_passes_without_a_key(kind, cookie, shared):
    answer = ask(shared, "/_stcore/stream", kind=kind, cookie=cookie)
    assert not answer.passed
    assert answer.status == (403 if kind == "websocket" else 401)


def test_shared_a_person_is_asked_for_token_and_name_and_comes_to_where_they_wanted(shared, workspace):
    refused = ask(shared, "/", query="run=abc", accept="text/html")
    assert refused.status == 401
    assert 'name="token"' in refused.body
    assert 'value="/?run=abc"' in refused.body
    entered = join(shared, TOKEN, "Anna", "/?run=abc")
    assert (entered.status, entered.headers["location"]) == (303, "/?run=abc")
    attributes = entered.headers["set-cookie"].lower()
    assert "httponly" in attributes
    assert "samesite=lax" in attributes
    passed = ask(shared, cookie=cookie_of(entered))
    assert passed.passed
    assert workspace.owner_of(cookie_of(entered).partition("=")[2]) == "Anna"
    assert ask(shared, "/_stcore/stream", kind="websocket", origin=f"http://{OWN}", cookie=cookie_of(entered)).passed


def test_the_link_asks_for_a_name_alone_and_lets_in_at_once_who_has_been_in(shared):
    page = ask(shared, ENTRANCE, query=f"token={TOKEN}").body
    assert 'type="hidden" name="token"' in page
    assert 'name="name"' in page
    cookie = cookie_of(join(shared, TOKEN, "Anna"))
    again = ask(shared, ENTRANCE, query=f"token={TOKEN}", cookie=cookie)
    assert (again.status, again.headers["location"]) == (303, "/")


def test_the_host_comes_in_without_a_name_also_if_they_were_in_as_somebody_else(shared, workspace):
    cookie = cookie_of(join(shared, TOKEN, "Anna"))
    page = ask(shared, ENTRANCE, query=f"token={HOST_TOKEN}", cookie=cookie)
    assert page.status == 200
    assert 'name="name"' not in page.body
    assert workspace.owner_of(cookie_of(join(shared, HOST_TOKEN)).partition("=")[2]) == HOST


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN.upper(), "\x00", "é"])
def test_a_wrong_token_lets_nobody_in(token, shared, workspace):
    answer = join(shared, token, "Anna")
    assert answer.status == 403
    assert "set-cookie" not in answer.headers
    assert 'value="Anna"' in answer.body
    workspace.admit("Anna")


def test_a_name_that_is_taken_is_said_and_the_token_need_not_be_typed_again(shared):
    join(shared, TOKEN, "Anna")
    answer = join(shared, TOKEN, "anna")
    assert answer.status == 409
    assert "already" in answer.body
    assert f'value="{TOKEN}"' in answer.body


@pytest.mark.parametrize(
    "next_path", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/join", "/a\r\nb"]
)
def test_the_way_goes_on_inside_the_app_alone(next_path, shared):
    assert join(shared, TOKEN, "Anna", next_path).headers["location"] == "/"


def test_what_a_person_types_is_text_on_the_page(shared):
    evil = '"><script>alert(1)</script>'
    for body in (join(shared, evil, evil, f"/{evil}").body, ask(shared, f"/{evil}", accept="text/html").body):
        assert "<script" not in body


def test_whether_the_server_lives_is_said_to_whoever_asks(shared):
    assert ask(shared, "/_stcore/health").passed
    assert not ask(shared, "/_stcore/health", kind="websocket").passed


def test_a_form_that_is_none_is_refused(shared):
    for body, status in [(b"x" * 9000, 413), (b"&".join([b"a=1"] * 50), 400), (b"\xff\xfe", 403), (b"", 403)]:
        assert ask(shared, ENTRANCE, method="POST", body=body).status == status


def test_no_other_site_can_frame_a_page(alone, shared):
    for answer in (ask(alone), ask(shared, ENTRANCE), ask(shared, accept="text/html")):
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert answer.headers["x-content-type-options"] == "nosniff"
