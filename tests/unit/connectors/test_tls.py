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
from gateway.errors import OurFault, RetryLater
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


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Address of a server that answers whoever has its own certificate, and the path of that one."""
    path = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    context.load_verify_locations(path)
    context.verify_mode = ssl.CERT_REQUIRED
    body = b'{"code":"0","no":"N1","state":"new"}'

    def serve(door: socket.socket) -> None:
        connection, _ = door.accept()
        with connection:
            try:
                with context.wrap_socket(connection, server_side=True) as secure:
                    heard = secure.recv(4096)
                    while not heard.endswith(b"}"):  # head and body may come apart; a reset would lose the answer
                        heard += secure.recv(4096)
                    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                    secure.sendall(head.encode() + body)
            except (ssl.SSLError, ConnectionError):
                return

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=serve, args=(door,))
        thread.start()
        yield f"https://127.0.0.1:{door.getsockname()[1]}", path
        thread.join(10)


@pytest.mark.parametrize("shown", [True, False])
def test_a_department_with_mutual_tls_answers_whoever_shows_the_certificate(
    tmp_path: Path, strict: tuple[str, Path], shown: bool
) -> None:
    address, path = strict
    session = new_session()
    session.verify = str(path)
    auth = {"scheme": "mutual_tls", "secret": "our-certificate"} if shown else {"scheme": "none"}
    office = Connector(parsed(tmp_path, auth=auth), address, str(path) if shown else "", session=session)

    def submit() -> str:
        return office.call("submit", {}, item="leave", receipt="R", key="K").reference

    if shown:
        assert submit() == "N1"
    else:
        with pytest.raises((OurFault, RetryLater)):  # it may hang up before it has said why
            submit()
    session.close()


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
