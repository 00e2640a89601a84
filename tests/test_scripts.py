"""The scripts behind the Makefile's targets."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="the Makefile is for Linux and macOS")


def run(*words: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one committed asset."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPTS / "assets_are_current", tmp_path / "scripts")
    assets = tmp_path / "components" / "editor" / "assets"
    assets.mkdir(parents=True)
    (assets / "index.js").write_text("export default 1;\n")
    person = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    for words in (["init", "-q"], ["add", "."], [*person, "commit", "-q", "-m", "first"]):
        assert run("git", *words, cwd=tmp_path).returncode == 0
    return tmp_path


def test_assets_as_committed_are_current(project: Path) -> None:
    assert run("scripts/assets_are_current", cwd=project).returncode == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda assets: (assets / "index.js").write_text("export default 2;\n"),
        lambda assets: (assets / "index.css").write_text("a {}\n"),
        lambda assets: (assets / "index.js").unlink(),
    ],
    ids=["changed", "new", "gone"],
)
def test_assets_that_differ_from_the_commit_are_named(project: Path, change: Callable[[Path], object]) -> None:
    change(project / "components" / "editor" / "assets")
    done = run("scripts/assets_are_current", cwd=project)
    assert done.returncode == 1
    assert "components/editor/assets/index." in done.stderr
    assert "make frontend" in done.stderr


def test_a_named_browser_that_is_not_there_is_no_reason_to_take_another(tmp_path: Path) -> None:
    done = run(SCRIPTS / "browser", cwd=tmp_path, HIGHRISE_CHROMIUM=str(tmp_path / "none"))
    assert done.returncode == 1
    assert str(tmp_path / "none") in done.stderr


@pytest.mark.parametrize(
    ("version", "is_enough"), [("v20.19.0", True), ("v22.1.0", True), ("v20.18.3", False), ("v18.20.4", False)]
)
def test_node_is_asked_for_from_20_19_on(tmp_path: Path, version: str, is_enough: bool) -> None:
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    done = run(SCRIPTS / "node_is_new_enough", cwd=tmp_path, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert (done.returncode == 0) is is_enough
    assert is_enough or ("20.19" in done.stderr and version in done.stderr)


def test_an_unsupported_python_is_named_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPTS / "install", tmp_path / "scripts")
    old = tmp_path / "python-old"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.6\nexit 1\n')
    old.chmod(0o755)
    done = run("scripts/install", "requirements.txt", cwd=tmp_path, PYTHON=str(old))
    assert done.returncode == 1
    assert "3.9.6" in done.stderr
    assert "3.11, 3.12 or 3.13" in done.stderr
    assert not (tmp_path / ".venv").exists()
