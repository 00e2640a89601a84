"""Devices to train on, found by a short-lived child: a server that imported torch would never give the memory back."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from builder.workspace.errors import WorkspaceError
from builder.workspace.store import Workspace

_SETTING = "devices"
_FRESH_SECONDS = 3600.0
_CHILD_SECONDS = 120.0
_refreshing = threading.Lock()

# A string, so that no import of torch stands in this part.
_LIST_DEVICES = """
import json, platform, torch
devices = [{"name": "cpu", "title": platform.processor() or platform.machine(), "memory_bytes": None}]
for index in range(torch.cuda.device_count()):
    found = torch.cuda.get_device_properties(index)
    devices.append({"name": f"cuda:{index}", "title": found.name, "memory_bytes": found.total_memory})
if torch.backends.mps.is_available():
    devices.append({"name": "mps", "title": "Apple GPU", "memory_bytes": None})
print(json.dumps(devices))
"""


@dataclass(frozen=True, slots=True)
class Device:
    """A device as torch names it; `memory_bytes` where it has memory of its own."""

    name: str
    title: str
    memory_bytes: int | None = None


CPU = Device("cpu", "CPU")


def devices(workspace: Workspace) -> list[Device]:
    """The devices as last found, at once; looks again in the background when that is long ago or torch has changed."""
    found: dict[str, Any] = workspace.setting(_SETTING, {})
    is_same_torch = found.get("torch") == _torch_version()
    if not is_same_torch or time.time() - found["at"] > _FRESH_SECONDS:
        threading.Thread(target=_refresh, args=(workspace,), name="list devices", daemon=True).start()
    return [Device(**each) for each in found["devices"]] if is_same_torch else [CPU]


def devices_problem(workspace: Workspace) -> str:
    """Why the devices could not be listed last time, in words; empty if they could."""
    return workspace.setting(_SETTING, {}).get("problem", "")


def list_devices() -> list[Device]:
    """Look now; takes seconds.

    Raises:
        WorkspaceError: if torch is missing or broken.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-c", _LIST_DEVICES], capture_output=True, text=True, timeout=_CHILD_SECONDS, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise WorkspaceError(f"Listing the devices took over {_CHILD_SECONDS:.0f} s. Restart the machine.") from error
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:]
        raise WorkspaceError(
            f"torch could not list the devices: {' '.join(last)}. Install it again by requirements.txt."
        ) from error
    return [Device(**each) for each in json.loads(child.stdout.splitlines()[-1])]


def _refresh(workspace: Workspace) -> None:
    if _refreshing.acquire(blocking=False):
        try:
            found, problem = [CPU], ""
            try:
                found = list_devices()
            except WorkspaceError as error:  # kept beside the list, or every page would look again
                problem = str(error)
            entry = {"torch": _torch_version(), "at": time.time(), "devices": list(map(asdict, found))}
            workspace.set_setting(_SETTING, {**entry, "problem": problem})
        finally:
            _refreshing.release()


@cache
def _torch_version() -> str:
    try:
        return importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return "missing"
