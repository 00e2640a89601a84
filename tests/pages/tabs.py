"""What the tests of this folder ask of a tab and of its workspace."""

from builder.spec import parse_experiment


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self):
        return self.now


def edited(experiment, **changes):
    """The document as an editor would send it, with other top-level values."""
    return {**experiment.model_dump(mode="json"), **changes}


def stored(workspace, tab):
    """The document of the tab's experiment as the workspace has it."""
    return parse_experiment(workspace.head(tab.editing.experiment_id).document)


def commands(workspace, run):
    """What was asked of a run: kinds and payloads."""
    return [(each.kind, each.payload) for each in workspace.take_commands(run.id)]


def set_rates(tab, value, gesture=None):
    """Sets a rate as the mixer of the tab does."""
    groups = [{"name": group.name, "learning_rate": value} for group in tab.editing.experiment.groups]
    rev = tab.session.mixing.rev + 1
    tab.edit_rates({"epoch": tab.session.mixing.epoch, "rev": rev, "gesture": gesture, "groups": groups})
