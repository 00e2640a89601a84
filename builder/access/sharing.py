"""Whether the app is shared with the network: the flag, the names it answers to, the tokens that let people in."""

from __future__ import annotations

import argparse
import hmac
import ipaddress
import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from builder.workspace.store import Workspace

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who may come in.

    Attributes:
        hosts: Names and addresses under which a browser may ask for the app, in lower case. Any other one is a page of
            somebody else that has its name lead here.
        workspace: Who has a key; None while the app is this machine's alone.
        token: Lets anybody in, under a name of their own.
        host_token: Lets in whoever started the app, as the owner of what is made on the machine itself.
        addresses: Under which people of the network find the app.
    """

    hosts: frozenset[str]
    workspace: Workspace | None = None
    token: str = ""
    host_token: str = ""
    addresses: tuple[str, ...] = ()

    @property
    def is_shared(self) -> bool:
        return self.workspace is not None

    def answers_to(self, host: str) -> bool:
        """Whether a `Host` header, with or without a port, names this app."""
        return host_name(host) in self.hosts

    def admits(self, token: str) -> bool:
        return self.is_shared and _is_same(token, self.token)

    def admits_host(self, token: str) -> bool:
        return self.is_shared and _is_same(token, self.host_token)


def read_sharing(arguments: Sequence[str], address: str | None) -> Sharing:
    """What the command line asks for.

    Args:
        arguments: Those of the app, as in `streamlit run app.py -- --share --host lab.example`.
        address: What the server listens at; None for every interface.

    Raises:
        SystemExit: after a message, if it listens to the network without `--share`, or the arguments are none.
    """
    parser = argparse.ArgumentParser(prog="streamlit run app.py --", description="Highrise in the browser.")
    parser.add_argument("--share", action="store_true", help="let people of the network in, by an access token")
    parser.add_argument(
        "--host", action="append", default=[], metavar="NAME", help="another name under which browsers find the app"
    )
    options = parser.parse_args(arguments)
    names = [*LOOPBACK, *options.host]
    if not options.share:
        if not is_loopback(address):
            parser.error(
                f"Highrise would listen at {address or 'every address'}, where everybody in the network could use it. "
                "Say that this is meant by make share, or leave --server.address out."
            )
        return Sharing(frozenset(map(str.lower, names)))
    workspace = Workspace.open()
    # At this machine's own address it is shared by a proxy, under names that it was given.
    addresses = [] if is_loopback(address) else _addresses()
    names += [*addresses, *(_own_names() if addresses else [])]
    return Sharing(
        frozenset(map(str.lower, names)),
        workspace,
        os.environ.get("HIGHRISE_TOKEN") or _kept(workspace, "access_token"),
        _kept(workspace, "host_token"),
        (*options.host, *addresses) or ("localhost",),
    )


def invitation(sharing: Sharing, port: int) -> str:
    """What the terminal says of a shared app: how people come in, and how its host does."""
    links = [f"    http://{_in_address(each)}:{port}/join?token={sharing.token}" for each in sharing.addresses]
    return "\n".join(
        [
            "Highrise is shared. Whoever has this link comes in, under a name of their own:",
            *links,
            "You, with everything that was made on this machine (keep this one to yourself):",
            f"    http://localhost:{port}/join?token={sharing.host_token}",
        ]
    )


def is_loopback(address: str | None) -> bool:
    """Whether a server at this address hears this machine alone."""
    if not address:
        return False
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address.lower() == "localhost"


def host_name(host: str) -> str:
    """The name or address in a `Host` header or an origin's `host:port`, in lower case."""
    text = host.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text if text.count(":") > 1 else text.partition(":")[0]


def _kept(workspace: Workspace, name: str) -> str:
    """A token that holds over restarts."""
    with workspace.transaction():
        token = workspace.setting(name)
        if token is None:
            token = secrets.token_urlsafe(_TOKEN_BYTES)
            workspace.set_setting(name, token)
    return token


def _own_names() -> list[str]:
    name = socket.gethostname()
    return [name, f"{name}.local", socket.getfqdn()]


def _addresses() -> list[str]:
    """This machine's addresses in its networks, those of IPv4 first."""
    found = [each for several in psutil.net_if_addrs().values() for each in several]
    kinds = (socket.AF_INET, socket.AF_INET6)
    own = sorted((kinds.index(each.family), each.address.partition("%")[0]) for each in found if each.family in kinds)
    return [text for _, text in own if not (ipaddress.ip_address(text).is_loopback or _is_link_local(text))]


def _is_link_local(text: str) -> bool:
    """Such an address needs the name of an interface beside it, which is another one on each machine."""
    address = ipaddress.ip_address(text)
    return address.version == 6 and address.is_link_local


def _in_address(text: str) -> str:
    return f"[{text}]" if ":" in text else text


def _is_same(given: str, kept: str) -> bool:
    return bool(kept) and hmac.compare_digest(given.encode("utf-8", "replace"), kept.encode())
