import subprocess
import sys
import time

import pytest

from builder.workspace.devices import CPU, Device, devices, list_devices
from builder.workspace.store import Workspace

pytestmark = pytest.mark.process


@pytest.mark.timeout(300)
def test_devices_are_cpu_at_once_and_complete_soon_after(tmp_path):
    def until(condition):
        deadline = time.monotonic() + 90
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    workspace = Workspace.open(tmp_path)
    assert devices(workspace) == [CPU]
    until(lambda: workspace.setting("devices"))
    found = devices(workspace)
    assert found[0].name == "cpu"
    assert found == list_devices()
    workspace.set_setting("devices", {"torch": "another", "at": time.time(), "devices": [{"name": "x", "title": "x"}]})
    assert Device("x", "x") not in devices(workspace)
    until(lambda: workspace.setting("devices")["torch"] != "another")
    workspace.close()


def test_no_module_of_this_part_loads_torch_or_streamlit():
    script = (
        "import sys, pkgutil, importlib, builder.workspace\n"
        "for each in pkgutil.walk_packages(builder.workspace.__path__, 'builder.workspace.'):\n"
        "    importlib.import_module(each.name)\n"
        "print([name for name in ('torch', 'streamlit', 'plotly') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
