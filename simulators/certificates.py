"""Throwaway certificates for a sample department that takes mutual TLS: made anew at each start, good for nothing else."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import ssl
import tempfile
from pathlib import Path
from typing import Optional

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from simulators.proofs import CALLER
from simulators.secrets import SimulatorError

DAYS = 365
Key = ec.EllipticCurvePrivateKey


def server_context(authority: Path, caller: Path) -> ssl.SSLContext:
    """What the department serves with: it answers only whoever shows a certificate of an authority that is made here.

    Writes the authority's certificate to ``authority`` and the caller's, with its key, to ``caller``; the key of the
    authority is forgotten.

    Raises:
        SimulatorError: a file cannot be written.
    """
    root = ec.generate_private_key(ec.SECP256R1())
    ours = _certificate("Sample authority of the acceptance platform", root, None, root)
    try:
        _write(authority, ours.public_bytes(serialization.Encoding.PEM))
        _write(caller, _issued(CALLER, ours, root))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile(suffix=".pem") as own:  # readable by us only
            own.write(_issued("127.0.0.1", ours, root))
            own.flush()
            context.load_cert_chain(own.name)
    except OSError as error:
        raise SimulatorError(f"The certificates in {authority.parent} cannot be written: {error.strerror}.") from None
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _issued(name: str, authority: x509.Certificate, signing: Key) -> bytes:
    """A key and its certificate, as one PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + _certificate(name, key, authority, signing).public_bytes(serialization.Encoding.PEM)


def _certificate(name: str, key: Key, issuer: Optional[x509.Certificate], signing: Key) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.timezone.utc)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1)).not_valid_after(now + dt.timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer is not None:
        here = name == "127.0.0.1"
        purpose = ExtendedKeyUsageOID.SERVER_AUTH if here else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        if here:
            address = x509.IPAddress(ipaddress.ip_address(name))
            builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    return builder.sign(signing, hashes.SHA256())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    os.replace(draft, path)
