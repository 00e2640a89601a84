"""What the command line may open to the network, and under which names it answers."""

import socket
from dataclasses import replace

import pytest

from builder.access.sharing import host_name, invitation, is_loopback, read_sharing
from builder.workspace.store import Workspace

EVERYWHERE = "0.0.0.0"  # noqa: S104


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HIGHRISE_WORKSPACE", str(tmp_path))
    monkeypatch.delenv("HIGHRISE_TOKEN", raising=False)
    return tmp_path


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "::1", "127.0.0.2", "[::1]"])
def test_alone_it_answers_to_this_machines_own_names_and_stores_nothing(address, folder):
    sharing = read_sharing([], address)
    assert not sharing.is_shared
    assert all(sharing.answers_to(host) for host in ("localhost", "LOCALHOST:8501", "127.0.0.1:1", "[::1]:8501"))
    foreign = ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8501", "", "[", ":", "192.168.1.2")
    assert not any(sharing.answers_to(host) for host in foreign)
    assert not sharing.admits("")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("address", [EVERYWHERE, "192.168.1.2", "::", None, "", "lab.example"])
def test_listening_to_the_network_without_having_been_told_to_is_refused_in_words(address, capsys):
    with pytest.raises(SystemExit) as ended:
        read_sharing([], address)
    assert ended.value.code == 2
    assert "make share" in capsys.readouterr().err


def test_shared_it_answers_to_its_names_in_the_network_and_to_those_it_is_given():
    sharing = read_sharing(["--share", "--host", "Lab.Example"], EVERYWHERE)
    assert sharing.is_shared
    assert all(sharing.answers_to(host) for host in ("lab.example:80", socket.gethostname(), "localhost"))
    assert not sharing.answers_to("evil.example")


def test_the_tokens_differ_and_hold_over_restarts(monkeypatch):
    first, second = (read_sharing(["--share"], EVERYWHERE) for _ in range(2))
    assert (first.token, first.host_token) == (second.token, second.host_token)
    assert len({first.token, first.host_token}) == 2
    assert min(len(first.token), len(first.host_token)) >= 22
    assert first.admits(first.token)
    assert first.admits_host(first.host_token)
    assert not first.admits(first.host_token)
    assert not first.admits_host(first.token)
    assert not any(first.admits(token) for token in ("", first.token[:-1], first.token + "x", "ü"))
    monkeypatch.setenv("HIGHRISE_TOKEN", "of my own")
    assert read_sharing(["--share"], EVERYWHERE).admits("of my own")


def test_the_invitation_has_a_link_for_each_address_and_one_for_the_host():
    sharing = replace(read_sharing(["--share"], EVERYWHERE), addresses=("192.0.2.7", "2001:db8::7"))
    text = invitation(sharing, 8501)
    assert f"http://192.0.2.7:8501/join?token={sharing.token}" in text
    assert f"http://[2001:db8::7]:8501/join?token={sharing.token}" in text
    assert f"http://localhost:8501/join?token={sharing.host_token}" in text


def test_behind_a_proxy_it_is_found_under_the_names_it_was_given_alone():
    sharing = read_sharing(["--share", "--host", "lab.example"], "127.0.0.1")
    assert sharing.addresses == ("lab.example",)
    assert not sharing.answers_to(socket.gethostname())
    assert read_sharing(["--share"], "127.0.0.1").addresses == ("localhost",)


@pytest.mark.parametrize(
    ("host", "name"),
    [("a:1", "a"), ("A.b", "a.b"), ("[::1]:8501", "::1"), ("::1", "::1"), ("1.2.3.4:5", "1.2.3.4"), (" a ", "a")],
)
def test_a_host_header_is_a_name_and_perhaps_a_port(host, name):
    assert host_name(host) == name


def test_an_empty_address_means_every_interface():
    assert not is_loopback(None)
    assert not is_loopback("")
    assert Workspace.open().setting("access_token") is None
