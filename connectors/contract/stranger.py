"""A secret that no department knows, in the form that a scheme needs."""

from __future__ import annotations

import atexit
import datetime as dt
import os
import tempfile
from functools import cache
from typing import Optional

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.manifest import Manifest

_WRONG = "not-the-secret-" + "0" * 49


def stranger_of(manifest: Manifest) -> Optional[str]:
    """A wrong secret for the scheme of a manifest; None where it has none."""
    scheme = manifest.auth.scheme
    if scheme == "none":
        return None
    return _certificate() if scheme == "mutual_tls" else _WRONG


@cache
def _certificate() -> str:
    """The path of a PEM file with a certificate that only it itself has signed; gone when the process ends."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "yiwen-gateway")])
    now = dt.datetime.now(dt.timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1)).sign(key, hashes.SHA256())
    )
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    descriptor, path = tempfile.mkstemp(suffix=".pem")
    atexit.register(os.unlink, path)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(pem, form, serialization.NoEncryption()) + certificate.public_bytes(pem))
    return path
