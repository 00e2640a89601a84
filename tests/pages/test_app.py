"""The page as Streamlit runs it, without a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from builder.pages.service import shared_workspace
from builder.spec import dump_experiment, load_experiment
from builder.workspace.store import Workspace
from builder.workspace.supervision import shutdown_supervisor

APP = Path(__file__).parents[2] / "app.py"
SECONDS = 30.0

pytestmark = pytest.mark.process


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("HIGHRISE_WORKSPACE", str(tmp_path / "workspace"))
    shared_workspace.clear()
    workspace = Workspace.open()
    yield workspace
    assert shutdown_supervisor(workspace)
    workspace.close()
    shared_workspace.clear()


def shown(**address: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=SECONDS)
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def components(app: AppTest) -> list[str]:
    """Names of the mounted components."""
    return sorted({each.proto.component_name for each in app.get("bidi_component")})


def test_the_page_renders_every_component_for_any_address(served):
    entry = served.create_experiment(dump_experiment(load_experiment("digits-four-kinds")))
    run = served.submit(dump_experiment(load_experiment("digits-residual")), queue=False)
    served.set_status(run.id, "stopped")
    known = ({}, {"experiment": entry.id}, {"run": run.id})
    for address in (*known, {"run": "nobody"}, {"experiment": "<b>"}):
        app = shown(**address)
        assert not app.exception
        assert components(app) == [f"components.{name}" for name in ("editor", "live", "mixer", "pulse", "transport")]
        kept = {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}
        assert kept == (address if address in known else {})
