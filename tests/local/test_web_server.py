"""The web server with our settings: where a request ends, and who says how it came, is not open to doubt."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.test_house import ROOT

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A gunicorn with config/gunicorn.py, before a page that says how it was asked."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "--bind", f"127.0.0.1:{found}"]
    process = subprocess.Popen([*command, "tests.local.wsgi_echo:app"], cwd=ROOT, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", found)) == 0:
                break
        time.sleep(0.05)
    yield found
    process.terminate()
    process.wait(timeout=30)


def told(port: int, request: str) -> str:
    """All that comes back on one connection."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=4) as line:
        line.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        line.settimeout(1.5)
        try:
            while some := line.recv(65536):
                heard += some
        except TimeoutError:
            pass
    return heard.decode("latin-1")


SECOND = "GET /smuggled HTTP/1.1\nHost: localhost\n\n"
CHUNKS = "5\nhello\n0\n\n"


@pytest.mark.asvs("V4.2.1")
@pytest.mark.parametrize(
    "heads",
    [
        "Content-Length: 6\nContent-Length: 60",
        "Content-Length: 6, 60",
        "Content-Length: +6",
        "Content-Length: 0x6",
        "Content-Length: -1",
        "Content-Length : 6",
        "Transfer-Encoding: chunked\nContent-Length: 6",
        "Content-Length: 6\nTransfer-Encoding: chunked",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: chunked\nTransfer-Encoding: identity",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\n chunked",
    ],
)
def test_a_request_whose_end_is_in_doubt_brings_no_second_one_with_it(port: int, heads: str) -> None:
    answers = told(port, f"POST /first HTTP/1.1\nHost: localhost\n{heads}\n\n{CHUNKS}{SECOND}")
    assert "/smuggled" not in answers
    assert len(re.findall(r"HTTP/1\.1 ", answers)) == 1, "and the line is closed after the answer"


@pytest.mark.asvs("V4.2.1")
def test_two_requests_one_after_the_other_are_two(port: int) -> None:
    request = f"POST /first HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n{CHUNKS}{SECOND}"
    answers = told(port, request)
    assert re.findall(r'"PATH_INFO": "([^"]+)"', answers) == ["/first", "/smuggled"]
    assert '"body": "hello"' in answers


@pytest.mark.asvs("V4.1.3")
def test_no_header_passes_for_what_the_server_itself_says(port: int) -> None:
    evil = "".join(f"{name}: /evil\n" for name in ("Script-Name", "Script_Name", "Path_Info", "X_User_Id"))
    proxied = "X-Forwarded-Proto: https\nX-Forwarded-Ssl: on\nX-Forwarded-For: 192.0.2.1\n"
    answer = told(port, f"GET /first HTTP/1.1\nHost: localhost\n{proxied}{evil}Connection: close\n\n")
    assert "evil" not in answer
    assert '"wsgi.url_scheme": "http"' in answer
    assert '"HTTP_X_USER_ID": null' in answer
    assert '"REMOTE_ADDR": "127.0.0.1"' in answer
