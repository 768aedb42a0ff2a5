"""Links to a page that takes files: for people whose channel cannot carry them."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeTimedSerializer

from gateway.cases.attachments import Attachments, Kept, Target
from gateway.errors import CitizenError
from gateway.store.store import Store

LIFETIME = 30 * 60
"""Seconds that a link is good for; it dies earlier when the application it was made for is no longer open."""


class AttachmentLinks:
    """``address`` is where people reach the gateway. A link names the citizen and the draft or case."""

    def __init__(self, store: Store, attachments: Attachments, address: str) -> None:
        self._attachments = attachments
        self._address = address
        self._signer = URLSafeTimedSerializer(store.cipher.key("attachments"), salt="attachment")

    def for_citizen(self, citizen: str, receipt: str = "") -> str:
        """A link for what this citizen has open.

        Raises:
            CitizenError: nothing that is open takes a file.
        """
        target = self._attachments.wanted(citizen, receipt)
        return f"{self._address}/send/{self._signer.dumps([citizen, target.draft or target.case, receipt])}/attachment"

    def target(self, link: str) -> Target | None:
        """What a link is for; None when it is forged, too old, or that is no longer open."""
        found = self._read(link)
        return found[0] if found else None

    def add(self, link: str, content: bytes) -> Kept | None:
        """Keep one file that came by a link; None as :meth:`target`.

        Raises:
            CitizenError: the file cannot be used.
        """
        found = self._read(link)
        return self._attachments.add(found[1], content, found[2]) if found else None

    def _read(self, link: str) -> tuple[Target, str, str] | None:
        try:
            citizen, owner, receipt = self._signer.loads(link, max_age=LIFETIME)
            target = self._attachments.wanted(citizen, receipt)
        except (BadSignature, CitizenError):
            return None
        return (target, citizen, receipt) if owner == (target.draft or target.case) else None
