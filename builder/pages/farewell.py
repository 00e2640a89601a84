"""What the terminal is told when the server ends: runs go on without it. Knows no Streamlit."""

from builder.pages.run_status import run_title
from builder.workspace.errors import WorkspaceError
from builder.workspace.store import Workspace, default_folder


def say_farewell(workspace: Workspace) -> None:
    """Prints what still runs and how to look at it or end it; nothing if nothing does."""
    try:
        text = what_goes_on(workspace)
    except WorkspaceError:
        # It is gone or closed by now, and then there is nothing that a person could be told of.
        return
    if text:
        print(text, flush=True)


def what_goes_on(workspace: Workspace) -> str:
    """The live and the queued runs, and the commands for them; empty if there are none."""
    live, queue = workspace.live_runs(), workspace.queue()
    if not live and not queue:
        return ""
    option = "" if workspace.folder == default_folder() else f" --workspace {workspace.folder}"
    runs = [f"  {run_title(run)} ({run.status})" for run in live]
    runs += [f"  {run_title(workspace.run(run_id))} (queued)" for run_id in queue]
    return "\n".join(
        [
            "Highrise: these runs go on without the app." if live else "Highrise: these runs wait in the queue.",
            *runs,
            f"  To see them: python -m builder runs list{option}",
            f"  To end them: python -m builder shutdown{option}",
        ]
    )
