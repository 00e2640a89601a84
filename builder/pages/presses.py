"""What a press of a component's control does. Knows no Streamlit."""

from typing import Any

from builder.pages.studio_actions import StudioActions


def act(actions: StudioActions, component: str, message: Any) -> None:
    """Does what a component's `action` trigger asks, once, whatever a browser may send.

    Args:
        actions: Of the tab.
        component: The component's key.
        message: The trigger's value.
    """
    if not isinstance(message, dict):
        return
    session = actions.session
    if session.is_repeated((component, message.get("nonce"))):
        return
    if session.read_only and message.get("kind") not in ("dismiss", "resend"):
        return
    match message.get("kind"):
        case "open_experiments":
            session.dialog = "experiments"
        case "presets":
            session.dialog = "presets"
        case "share" | "race" | "race_result" as name:
            session.dialog = name
        case "dismiss":
            session.notice = None
        case "notice_action":
            _follow_notice(actions)
        case "undo":
            actions.undo()
        case "redo":
            actions.redo()
        case "rename":
            actions.rename(message.get("name"))
        case "train":
            actions.train()
        case "restart":
            actions.restart()
        case "go_on":
            actions.go_on()
        case "pause" | "resume" | "step" | "stop" as kind:
            actions.command(kind)
        case "solo":
            actions.solo(message.get("group"), message.get("value"))
        case "rewind":
            actions.rewind(message.get("run"), message.get("origin"), message.get("step"))
        case "branch":
            actions.branch_from(message.get("run"), message.get("origin"), message.get("step"))
        case "set_device":
            actions.set_field("training.device", message.get("device"))
        case "set_pace":
            actions.set_pace(message.get("steps_per_second"))
        case "download_dataset":
            actions.downloads.start(message.get("dataset"))
        case "resend":
            session.sent.resend()


def _follow_notice(actions: StudioActions) -> None:
    notice, actions.session.notice = actions.session.notice, None
    if notice is None:
        return
    match notice.action:
        case "use_revision":
            actions.use_revision(notice.payload)
        case "submit":
            actions.submit()
        case "compare":
            actions.compare(*notice.payload, regardless=True)
        case "undelete":
            actions.workspace.undelete(notice.payload)
        case "presets":
            actions.session.dialog = "presets"
        case "download":
            actions.downloads.start(notice.payload)
        case "cancel_download":
            actions.downloads.cancel(notice.payload)
