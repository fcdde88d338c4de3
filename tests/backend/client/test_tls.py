"""TLS to a local service: trusted by a certificate of the caller's, refused without."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from constructs_ims.backend.client import Credentials, RetryPolicy, Session
from constructs_ims.backend.client.errors import TlsError


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


def write_certificate(directory: Path) -> Path:
    """Write a self-signed certificate for 127.0.0.1 with its key, and return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = directory / "service.pem"
    file.write_bytes(certificate.public_bytes(encoding) + secret)
    return file


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def endpoint(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def session(verify: bool | str) -> Session:
    return Session(Credentials("AK", "SK"), verify=verify, retries=RetryPolicy(retries=0))


def test_trusted_certificate_is_taken(endpoint: str, certificate: Path) -> None:
    with session(str(certificate)) as trusting:
        assert trusting.send("GET", endpoint, "/").status == 200


def test_unknown_certificate_is_refused(endpoint: str, monkeypatch: pytest.MonkeyPatch, certificate: Path) -> None:
    """Not even the environment's word for it makes it trusted."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))

    with session(True) as careful, pytest.raises(TlsError, match="certificate"):
        careful.send("GET", endpoint, "/")
