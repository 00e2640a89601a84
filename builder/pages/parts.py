"""What the parts of the page depend on that do not look by themselves. Knows no Streamlit."""

from typing import Any

from builder.pages.studio_actions import StudioActions


def what_parts_show(actions: StudioActions) -> Any:
    """Which runs there are, and how the one in view stands: if it is another, all parts are drawn again.

    An edit is not among it. Top bar, editor and mixer look by themselves, and under a run of the whole page the editor loses
    the focus for a moment, and with it the keys that are pressed then.
    """
    session, run = actions.session, actions.run()
    experiment_id = actions.editing.experiment_id
    has_runs = experiment_id is not None and actions.workspace.has_runs(experiment_id)
    return (run.id, run.status) if run else None, tuple(session.shown), has_runs
