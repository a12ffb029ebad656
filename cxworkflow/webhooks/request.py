"""One request to another program: to the very machine that was checked, once, in bounded time and memory."""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping

from cxworkflow.outside import NoWayThere, Resolve, Target, resolved, target
from cxworkflow.services.delivering import Outcome
from cxworkflow.wording import one_line

CONNECTS_IN = 5  # seconds
WHOLE = 10  # seconds, from the connection to the end of the answer
MOST_READ = 2000  # bytes of an answer: it is for a person to see what was wrong


class _ToTheChecked(http.client.HTTPConnection):
    """A connection to the address that was checked, whatever the name stands for by now. It follows nothing."""

    def __init__(self, to: Target, tls: ssl.SSLContext | None) -> None:
        super().__init__(to.host, to.port, timeout=CONNECTS_IN)
        self._to, self._tls = to, tls

    def connect(self) -> None:
        self.sock = socket.create_connection((self._to.ip, self._to.port), timeout=CONNECTS_IN)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._to.host)


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    loopback: bool,
    resolve: Resolve = resolved,
    tls: ssl.SSLContext | None = None,
) -> Outcome:
    """Send it, and say how that went; whatever goes wrong is an outcome. Only an answer of 200 to 299 is an arrival."""
    try:
        to = target(url, loopback=loopback, resolve=resolve)
    except NoWayThere as refusal:
        return Outcome(False, None, f"Nothing was sent. {refusal.faults[0].reason}")
    line = _ToTheChecked(to, (tls or ssl.create_default_context()) if to.scheme == "https" else None)
    too_long = threading.Timer(WHOLE, _cut, [line])
    too_long.daemon = True
    too_long.start()
    try:
        line.request("POST", to.path, body, dict(headers))
        answer = line.getresponse()
        said = one_line(answer.read(MOST_READ).decode(errors="replace"), 500)
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = "It took longer than is waited for." if not too_long.is_alive() else str(error) or type(error).__name__
        return Outcome(False, None, one_line(f"No answer: {why}", 500))
    finally:
        too_long.cancel()
        line.close()
    if 300 <= answer.status < 400:
        said = "It leads elsewhere, which is not followed: register the address that it leads to."
    return Outcome(200 <= answer.status < 300, answer.status, said)


def _cut(line: http.client.HTTPConnection) -> None:
    """End a line on which somebody says a byte every few seconds."""
    if line.sock is not None:
        try:
            line.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            line.sock.close()
