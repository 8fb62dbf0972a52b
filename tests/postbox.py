"""A real mail server on loopback that takes, refuses, delays and drops, with a certificate of its own."""

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass
class Postbox:
    """What the server does: answers by recipient, by mail in turn, or seconds to wait; and what it took."""

    at_recipient: dict[str, str] = field(default_factory=dict)
    at_data: list[str] = field(default_factory=list)
    delay: float = 0.0
    taken: list[EmailMessage] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    password: str = ""
    port: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        self.seen.append(address)
        if answer := self.at_recipient.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """drop: take the mail and hang up without a word, as a server does that dies at the wrong moment."""
        if self.delay:
            await asyncio.sleep(self.delay)
        answer = self.at_data.pop(0) if self.at_data else "250 taken"
        if answer.startswith(("250", "drop")):
            self.taken.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        if answer == "drop" and server.transport:
            server.transport.abort()
        return answer

    def login(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password.decode() == self.password, handled=False)

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.taken]


@contextmanager
def served(box: Postbox, folder: Path, *, tls: bool = True, largest: int | None = None) -> Iterator[Postbox]:
    """The server, running until the block ends; every connection must be encrypted unless tls is off."""
    facts: dict[str, Any] = {"data_size_limit": largest}
    if tls:
        server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server_side.load_cert_chain(*certificate(folder))
        facts |= {"tls_context": server_side, "require_starttls": True}
    if box.password:
        facts |= {"authenticator": box.login, "auth_required": True, "auth_require_tls": tls}
    with socket.create_server((HOST, 0)) as free:  # the controller asks for a number, and cannot find one itself
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname=HOST, port=box.port, **facts)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for loopback, signed by nobody but itself, and its key."""
    cert, key = folder / "server.crt", folder / "server.key"
    if not cert.exists():
        secret, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
        built = (
            x509.CertificateBuilder()
            .subject_name(name).issuer_name(name).public_key(secret.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
            .add_extension(names, critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(secret, hashes.SHA256())
        )  # fmt: skip
        cert.write_bytes(built.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        key.write_bytes(secret.private_bytes(serialization.Encoding.PEM, form, plain))
    return cert, key


def trusting(folder: Path) -> ssl.SSLContext:
    """A client that trusts this server and no other."""
    return ssl.create_default_context(cafile=str(certificate(folder)[0]))
