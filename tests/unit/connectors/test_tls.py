"""A department whose certificate nobody vouches for gets no citizen's data."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.client import Connector
from connectors.registry import new_session
from gateway.errors import OurFault
from tests.unit.connectors.samples import parsed


def self_signed(folder: Path) -> Path:
    """A certificate for this machine that only it itself has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.timezone.utc)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(here, critical=False).sign(key, hashes.SHA256())
    )
    path = folder / "office.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ) + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[tuple[str, list[bytes]]]:
    """Address of a TLS server with such a certificate, and what it got to read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    heard: list[bytes] = []

    def serve(door: socket.socket) -> None:
        connection, _ = door.accept()
        with connection:
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    heard.append(secure.recv(100))
            except (ssl.SSLError, ConnectionError):
                heard.append(b"")

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=serve, args=(door,))
        thread.start()
        yield f"https://127.0.0.1:{door.getsockname()[1]}", heard
        thread.join(10)


def test_an_untrusted_certificate_is_our_fault_and_hears_nothing(
    tmp_path: Path, stranger: tuple[str, list[bytes]]
) -> None:
    address, heard = stranger
    session = new_session()
    office = Connector(parsed(tmp_path), address, "", session=session)
    with pytest.raises(OurFault, match="certificate"):
        office.call("submit", {"name": "王秀英"}, item="leave", receipt="R", key="K")
    session.close()
    assert set(heard) <= {b""}
