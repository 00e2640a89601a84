"""The scripts behind the Makefile's targets."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from web_server import Server

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


@pytest.fixture
def audit(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the audit of a file with one requirement, and an npm that says what it is told."""
    (tmp_path / "requirements.txt").write_text("jinja2==2.4.1\n")

    def run_audit(url: str, *words: str, npm: str = "exit 0") -> subprocess.CompletedProcess[str]:
        program = tmp_path / "npm"
        program.write_text(f"#!/bin/sh\n{npm}\n")
        program.chmod(0o755)
        options = ["-r", tmp_path / "requirements.txt", "--no-deps", "--disable-pip", "--osv-url", url]
        path = f"{tmp_path}:{os.environ['PATH']}"
        return run(
            SCRIPTS / "audit", *words, *options, cwd=tmp_path, PATH=path, NO_PROXY="127.0.0.1", PYTHON=sys.executable
        )

    return run_audit


def test_an_audit_passes_where_nothing_is_known_of_any_package(
    audit: Callable[..., subprocess.CompletedProcess[str]], server: Server
) -> None:
    done = audit(server.publish("/query", b"{}"))
    assert done.returncode == 0, done.stderr
    assert "No installed Python package" in done.stdout
    assert "No package of the front end" in done.stdout


def test_an_audit_fails_at_a_python_package_with_a_known_vulnerability(
    audit: Callable[..., subprocess.CompletedProcess[str]], server: Server
) -> None:
    affected = {"package": {"name": "jinja2", "ecosystem": "PyPI"}, "ranges": []}
    known = {"id": "PYSEC-2014-8", "summary": "Files in a shared folder.", "affected": [affected]}
    done = audit(server.publish("/query", json.dumps({"vulns": [known]}).encode()), "--if-reachable")
    assert done.returncode == 1
    assert "PYSEC-2014-8" in done.stdout


def test_an_audit_fails_at_a_package_of_the_front_end_with_a_known_vulnerability(
    audit: Callable[..., subprocess.CompletedProcess[str]], server: Server
) -> None:
    done = audit(server.publish("/query", b"{}"), npm="echo Severity: high; exit 1")
    assert done.returncode == 1
    assert "Severity: high" in done.stdout


@pytest.mark.parametrize(("words", "status"), [((), 2), (("--if-reachable",), 0)])
def test_an_audit_says_so_where_nobody_can_be_asked(
    audit: Callable[..., subprocess.CompletedProcess[str]], server: Server, words: tuple[str, ...], status: int
) -> None:
    done = audit(server.url + "/nothing-here", *words, npm="echo no answer >&2; exit 1")
    assert done.returncode == status
    assert done.stderr.count("Not audited") == 2
