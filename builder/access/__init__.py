"""Who may come in: from this machine alone, or, when that is asked for, from the network by an access token."""

from builder.access.gate import COOKIE, Gate
from builder.access.sharing import Sharing, invitation, read_sharing

__all__ = ["COOKIE", "Gate", "Sharing", "invitation", "read_sharing"]
