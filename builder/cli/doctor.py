"""`doctor`: versions, devices, data, disk, and what is missing."""

import argparse
import importlib.metadata
import os
import platform
import re
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from builder.cli.text import print_json, print_table
from builder.cli.workspaces import add_workspace_option, workspace_exists
from builder.spec.datasets import DATASETS
from builder.spec.sizes import bytes_text
from builder.workspace.data_files import DataSettings, availability
from builder.workspace.devices import list_devices
from builder.workspace.errors import WorkspaceError
from builder.workspace.store import default_folder

ROOT = Path(__file__).parents[2]
PYTHONS = ((3, 11), (3, 13))
LITTLE_DISK_BYTES = 1 << 30


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("doctor", help="print versions, devices, data sets, free disk and what is missing")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_workspace_option(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    report = examine(options.workspace)
    if options.json:
        print_json(report)
    else:
        _print(report)
    return 1 if report["missing"] else 0


def examine(workspace: Path | None) -> dict[str, Any]:
    """All that `doctor --json` prints; `missing` holds sentences on what keeps Highrise from working."""
    packages = _packages()
    missing = [
        f"{name} is {found or 'not installed'} instead of {wanted}. Run make install."
        for name, (wanted, found) in packages.items()
        if found is None or found.split("+")[0] != wanted
    ]
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        missing.append(f"Python is {platform.python_version()}; Highrise needs 3.11, 3.12 or 3.13.")
    devices: list[dict[str, Any]] = []
    try:
        devices = [asdict(device) for device in list_devices()]
    except WorkspaceError as error:
        missing.append(str(error))
    settings = DataSettings.from_environment()
    folder = (workspace or default_folder()).expanduser().absolute()
    places = {"workspace": folder, "data_cache": settings.cache.absolute()}
    disks = {name: {"folder": str(place), "free_bytes": _free_bytes(place)} for name, place in places.items()}
    missing.extend(
        f"Only {bytes_text(disk['free_bytes'])} are free for {disk['folder']}. Make room."
        for disk in disks.values()
        if disk["free_bytes"] < LITTLE_DISK_BYTES
    )
    missing.extend(
        f"{place} cannot be written. Choose another folder." for place in places.values() if not _is_writable(place)
    )
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "num_cores": os.cpu_count(),
        "packages": {name: found for name, (_, found) in packages.items()},
        "devices": devices,
        "workspace_exists": workspace_exists(workspace),
        "disk": disks,
        "data_folder": None if settings.folder is None else str(settings.folder),
        "data_mirror": settings.mirror,
        "data": [_data_row(name, settings) for name in DATASETS],
        "missing": missing,
    }


def _packages() -> dict[str, tuple[str, str | None]]:
    """Pinned and installed version of each package of requirements.txt."""
    pins = re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    return {name: (wanted, _installed(name)) for name, wanted in pins}


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _data_row(name: str, settings: DataSettings) -> dict[str, Any]:
    found = availability(name, settings)
    return {
        "name": name,
        "source": found.source,
        "folder": None if found.place is None else str(found.place),
        "download_bytes": found.download_bytes,
        "note": found.note,
    }


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(_existing(folder)).free


def _is_writable(folder: Path) -> bool:
    return os.access(_existing(folder), os.W_OK)


def _print(report: dict[str, Any]) -> None:
    print(f"Python {report['python']} on {report['system']}, {report['num_cores']} cores")
    print(", ".join(f"{name} {version or 'missing'}" for name, version in report["packages"].items()))
    print()
    for device in report["devices"]:
        memory = f", {bytes_text(device['memory_bytes'])}" if device["memory_bytes"] else ""
        print(f"device {device['name']}: {device['title']}{memory}")
    for name, disk in report["disk"].items():
        print(f"{name.replace('_', ' ')}: {disk['folder']}, {bytes_text(disk['free_bytes'])} free")
    for name in ("data_folder", "data_mirror"):
        print(f"{name.replace('_', ' ')}: {report[name] or 'none'}")
    print()
    print_table(
        ("data set", "from", "to download", "folder"),
        [
            (
                row["name"],
                row["source"],
                bytes_text(row["download_bytes"]) if row["download_bytes"] else "",
                row["folder"] or "",
            )
            for row in report["data"]
        ],
        "<<><",
    )
    print()
    print("\n".join(report["missing"]) or "Nothing is missing.")
