"""TLS in front of real servers that know none: an authority of the tests, and what stands before the server."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ASKS_FOR_TLS = bytes.fromhex("0000000804d2162f")  # how a PostgreSQL client begins that wants it
Place = tuple[str, int] | str  # a host and a port, or the path of a socket


@dataclass(frozen=True)
class Authority:
    """Files in PEM form: what vouches, and a server's certificate with its key."""

    own: Path
    server: Path

    @classmethod
    def made(cls, folder: Path, name: str = "localhost") -> "Authority":
        """A new one, that vouches for a server of this name."""
        key, theirs = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        ours = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Authority of the tests")])
        own = _certificate(ours, ours, key.public_key()).add_extension(x509.BasicConstraints(True, 0), critical=True)
        names = x509.SubjectAlternativeName(
            [x509.DNSName(name)] + ([x509.IPAddress(ip_address("127.0.0.1"))] if name == "localhost" else [])
        )
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        server = _certificate(subject, ours, theirs.public_key()).add_extension(names, critical=False)
        made = cls(folder / "authority.pem", folder / "server.pem")
        made.own.write_bytes(own.sign(key, SHA256()).public_bytes(Encoding.PEM))
        private = theirs.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        made.server.write_bytes(private + server.sign(key, SHA256()).public_bytes(Encoding.PEM))
        return made


def _certificate(subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
    )


@contextmanager
def in_front_of(place: Place, authority: Authority | None, *, postgresql: bool = False) -> Iterator[int]:
    """A port that passes everything on to a server: with TLS, or (without an authority) without."""
    context = None
    if authority is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.server)
    with socket.create_server(("127.0.0.1", 0)) as door:

        def open_door() -> None:
            while True:
                try:
                    line, _ = door.accept()
                except OSError:
                    return
                threading.Thread(target=_serve, args=(line, place, context, postgresql), daemon=True).start()

        threading.Thread(target=open_door, daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


def _serve(line: socket.socket, place: Place, context: ssl.SSLContext | None, postgresql: bool) -> None:
    with suppress(OSError), line:
        if postgresql:
            if (begins := line.recv(len(ASKS_FOR_TLS), socket.MSG_PEEK)) == ASKS_FOR_TLS:
                line.recv(len(begins))
                line.sendall(b"S" if context else b"N")
            elif context:
                return  # what does not ask for TLS is not let in
        wrapped = context.wrap_socket(line, server_side=True) if context else line
        with socket.socket(socket.AF_UNIX if isinstance(place, str) else socket.AF_INET) as server:
            server.connect(place)
            threading.Thread(target=_pass_on, args=(server, wrapped), daemon=True).start()
            _pass_on(wrapped, server)


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while some := one.recv(65536):
            other.sendall(some)
        other.shutdown(socket.SHUT_WR)
