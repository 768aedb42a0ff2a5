"""Sealing and digests: the only place that touches keys.

One secret (``GATEWAY_SECRET_KEY``) gives every key, each derived for one purpose with HKDF-SHA256,
so that a key used for signing can never open a sealed value.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.errors import SettingsError, StoreError

SHORTEST_SECRET = 32
KEY_FILE = "secret.key"


class Cipher:
    """Seals values with Fernet (AES-128-CBC and HMAC-SHA256) and makes keyed digests.

    Raises:
        SettingsError: the secret has fewer than 32 characters.
    """

    def __init__(self, secret: str) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise SettingsError(
                f"GATEWAY_SECRET_KEY has {len(secret)} characters; it needs {SHORTEST_SECRET} or more. "
                "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'."
            )
        self._secret = secret.encode()
        self._fernet = Fernet(base64.urlsafe_b64encode(self.key("sealing")))
        self._digest_key = self.key("digests")

    def key(self, purpose: str) -> bytes:
        """32 bytes that belong to ``purpose`` alone."""
        return HKDF(hashes.SHA256(), 32, salt=b"yiwen", info=purpose.encode()).derive(self._secret)

    def seal(self, value: Any) -> bytes:
        """Encrypt anything that JSON can hold."""
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def seal_bytes(self, content: bytes) -> bytes:
        """Encrypt bytes as they are."""
        return self._fernet.encrypt(content)

    def open_bytes(self, sealed: bytes) -> bytes:
        """Decrypt what :meth:`seal_bytes` made.

        Raises:
            StoreError: as :meth:`open`.
        """
        try:
            return self._fernet.decrypt(bytes(sealed))
        except InvalidToken as error:
            raise StoreError("A sealed attachment cannot be opened: GATEWAY_SECRET_KEY is another one.") from error

    def open(self, sealed: bytes) -> Any:
        """Decrypt what :meth:`seal` made.

        Raises:
            StoreError: the value was sealed with another secret, or was changed.
        """
        try:
            return json.loads(self._fernet.decrypt(bytes(sealed)))
        except InvalidToken as error:
            raise StoreError(
                "A sealed value cannot be opened: GATEWAY_SECRET_KEY is not the one that sealed it. "
                "Start with the former key, or with an empty store."
            ) from error

    def digest(self, purpose: str, value: str) -> str:
        """A keyed digest (64 hex digits) to find a value by without keeping it."""
        return hmac.new(self._digest_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def find_secret(given: str, home: Path) -> tuple[str, Path | None]:
    """The secret in force, and the file it lies in when it does not come from the environment.

    Without ``GATEWAY_SECRET_KEY`` a secret is made on the first run and kept in ``home``,
    readable by its owner only.
    """
    if given:
        return given, None
    path = home / KEY_FILE
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip(), path
