"""What can go wrong with a workspace.

WorkspaceError
├── WorkspaceUnusable       the folder or a file of it cannot be read or written as it is
├── NotFound                no experiment, run or revision of that id
│   └── Deleted             a run that can be restored
├── RevisionConflict        an edit was based on an older revision than the newest one
├── NameRefused             nobody can be called so here
├── LabelRefused            a run cannot be called, tagged or noted so
├── NotYours                somebody else made it
└── TransitionNotAllowed    a run's status cannot go from here to there
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.workspace.experiments import Revision


class WorkspaceError(Exception):
    """A failure whose message is written for the person in front of the screen."""


class WorkspaceUnusable(WorkspaceError):
    """A file or folder is missing, read-only, full, damaged or of a newer version."""


class NotFound(WorkspaceError):
    """An id that this workspace does not hold."""


class Deleted(NotFound):
    """A run that was taken off every list, from where it can be restored."""


class NameRefused(WorkspaceError):
    """A person's name that is taken or is none."""


class LabelRefused(WorkspaceError):
    """A run's name, tag or note that is none, or too long."""


class NotYours(WorkspaceError):
    """Only whoever made a run may change what is written on it, or delete it."""


class TransitionNotAllowed(WorkspaceError):
    """A run's status cannot change that way."""


class RevisionConflict(WorkspaceError):
    """Somebody else has changed the experiment meanwhile.

    Attributes:
        head: the newest revision, which stays the newest.
        kept: the losing edit; stored beside, never lost.
    """

    def __init__(self, head: Revision, kept: Revision):
        super().__init__(
            f"This experiment was changed elsewhere (revision {head.id}) after the one this edit was made on. "
            f"The edit is kept as revision {kept.id}; open the newest one and repeat it there."
        )
        self.head = head
        self.kept = kept
