"""What the tests of the edge share: a message, a certificate, a server that never answers, a port that nobody holds."""

import shutil
import socket
import ssl
import subprocess

import pytest

from tocsin.edge.channels.contract import Message


@pytest.fixture
def message():
    return Message(
        page_id="page-0123456789abcdef",
        incident=42,
        priority="P1",
        kind="page",
        subject="P1 PostgreSQL sans primaire",
        text="P1 #42 PostgreSQL sans primaire depuis 02:14. https://tocsin.example.org/a/42?c=x&k=1",
        link="https://tocsin.example.org/a/42?c=x&k=1",
        language="fr",
        lines=("Écritures impossibles <depuis> 02:14 & après.", "Répondre avant 02:29."),
    )


@pytest.fixture
def silent_port():
    """Connections are accepted by the system and nobody ever reads them."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for localhost that nobody has signed: (certificate, key)."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    files = str(folder / "cert.pem"), str(folder / "key.pem")
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    wanted = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subprocess.run([openssl, *wanted, *subject, "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


@pytest.fixture
def server_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture
def client_trust(certificate):
    return ssl.create_default_context(cafile=certificate[0])
