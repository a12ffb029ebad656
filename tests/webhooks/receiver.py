"""A real program at the other end: an HTTP server on this machine whose answers a test decides."""

import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What it answers to the nth call (from 1); None: it takes the request and drops the line without a word.
Behaviour = Callable[[int], int | None]


def agreeable(_call: int) -> int:
    """Takes everything."""
    return 204


def drops_every_second(call: int) -> int | None:
    """The first, the third, … call end without an answer."""
    return None if call % 2 else 204


@dataclass(frozen=True)
class Call:
    """One request, as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    def is_signed_with(self, secret: str) -> bool:
        """What the manual asks of a receiver, written down once more."""
        said = self.headers["CXWorkflow-Timestamp"].encode() + b"." + self.body
        ours = "v1=" + hmac.new(secret.encode(), said, "sha256").hexdigest()
        return hmac.compare_digest(ours, self.headers["CXWorkflow-Signature"])


@dataclass
class Receiver:
    """What a test sees of it: every call, and those that it took."""

    behaviour: Behaviour
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    taken: list[Call] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/told?of=events"


@contextmanager
def listening(behaviour: Behaviour = agreeable, host: str = "127.0.0.1") -> Iterator[Receiver]:
    """A receiver that runs within this block."""
    receiver = Receiver(behaviour)

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # http.server finds it by name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            call = Call(self.path, dict(self.headers.items()), body)
            with receiver.lock:
                receiver.calls.append(call)
                status = receiver.behaviour(len(receiver.calls))
                if status is not None and 200 <= status < 300:
                    receiver.taken.append(call)
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"http://127.0.0.1:{receiver.port}/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """It says nothing."""

    with ThreadingHTTPServer((host, 0), Door) as server:
        receiver.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield receiver
        server.shutdown()
