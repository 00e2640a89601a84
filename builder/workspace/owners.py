"""Who a workspace knows: a person comes in under a name and gets a key, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata

from builder.workspace.errors import NameRefused
from builder.workspace.tables import Store

HOST = "local"
"""Owner of what is made on the machine itself."""

MAX_NAME = 40
_KEY_BYTES = 32


class OwnerStore(Store):
    """The methods of a workspace that concern people."""

    def admit(self, name: str) -> str:
        """Lets a person in under a name that nobody has; gives the key by which they are known from then on.

        Raises:
            NameRefused: if the name is empty, too long, taken, or no name.
        """
        owner = re.sub(r"\s+", " ", unicodedata.normalize("NFC", name)).strip()
        if not owner or len(owner) > MAX_NAME or not owner.isprintable():
            raise NameRefused(f"A name has 1 to {MAX_NAME} characters that can be printed. Type another one.")
        folded = owner.casefold()
        with self.transaction():
            if folded == HOST or self.setting(f"owner_named:{folded}") is not None:
                raise NameRefused(f"Somebody here is called “{owner}” already. Add something to yours.")
            self.set_setting(f"owner_named:{folded}", owner)
            return self._new_key(owner)

    def admit_host(self) -> str:
        """A key to what is made on the machine itself."""
        return self._new_key(HOST)

    def owner_of(self, key: str | None) -> str | None:
        """Whose key this is; None if it is nobody's."""
        return self.setting(_place(key)) if key else None

    def _new_key(self, owner: str) -> str:
        key = secrets.token_urlsafe(_KEY_BYTES)
        self.set_setting(_place(key), owner)
        return key


def _place(key: str) -> str:
    return f"owner_key:{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}"
