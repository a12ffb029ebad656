"""What may be asked outside: public addresses over TLS, and the very machine that was looked at."""

import socket
import threading
import time

import pytest

from cxworkflow.outside import NoWayThere, target
from cxworkflow.webhooks.request import WHOLE, post
from tests.webhooks.receiver import agreeable, listening

pytestmark = pytest.mark.unit

PUBLIC = "93.184.216.34"
INSIDE = [
    "10.0.0.8",
    "127.0.0.1",
    "169.254.169.254",  # metadata of most clouds
    "168.63.129.16",  # Azure's
    "100.100.100.200",  # Alibaba's
    "172.16.5.5",
    "192.168.1.1",
    "0.0.0.0",  # noqa: S104  # nothing listens there
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fd00:ec2::254",  # Amazon's in IPv6
    "fe80::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.8",
    "::ffff:169.254.169.254",
    "::7f00:1",
    "64:ff9b::a9fe:a9fe",  # 169.254.169.254 by NAT64
    "2002:7f00:1::",  # 127.0.0.1 by 6to4
]


@pytest.mark.asvs("V1.3.6")
@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_on_the_internet_is_refused_by_name_and_by_number(address: str) -> None:
    with pytest.raises(NoWayThere, match="not on the internet"):
        target("https://rebound.example/hook", loopback=False, resolve=lambda *_: [address])
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(NoWayThere):
        target(f"https://{host}/hook", loopback=False)


@pytest.mark.parametrize(
    "written", ["https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://017700000001/"]
)
def test_this_machine_is_refused_however_its_number_is_written(written: str) -> None:
    with pytest.raises(NoWayThere):
        target(written, loopback=False)


def test_one_private_address_among_public_ones_is_enough() -> None:
    with pytest.raises(NoWayThere, match=r"stands for 10\.0\.0\.8"):
        target("https://both.example/", loopback=False, resolve=lambda *_: [PUBLIC, "10.0.0.8"])


def test_a_public_address_is_where_the_line_leads_and_the_name_stays_in_the_request() -> None:
    to = target("https://hooks.example:8443/a?b=c", loopback=False, resolve=lambda *_: [PUBLIC])
    assert (to.ip, to.host, to.port, to.path) == (PUBLIC, "hooks.example", 8443, "/a?b=c")


@pytest.mark.parametrize(
    "written",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "https://",
        "hooks.example",
        "https://me:word@hooks.example/",
        "https://hooks.example/#part",
        "https://hooks.example:99999/",
        "https://hooks example/",
        "https://höök.example/",
        "https://hooks.example/\r\nHost: inside",
        "https://[::1",
        "https://hooks.example/" + "x" * 500,
    ],
)
def test_what_is_no_https_address_is_refused_before_anything_is_looked_up(written: str) -> None:
    def never(*_: object) -> list[str]:
        raise AssertionError("looked up")

    with pytest.raises(NoWayThere):
        target(written, loopback=False, resolve=never)


def test_without_tls_only_this_machine_is_asked_and_only_where_that_is_allowed() -> None:
    assert target("http://127.0.0.1:8000/", loopback=True).ip == "127.0.0.1"
    with pytest.raises(NoWayThere, match="https://"):
        target("http://hooks.example/", loopback=True, resolve=lambda *_: [PUBLIC])
    with pytest.raises(NoWayThere, match="not on the internet"):
        target("http://inside.example/", loopback=True, resolve=lambda *_: ["10.0.0.8"])


def test_a_name_that_stands_for_nothing_is_said_to() -> None:
    def nothing(*_: object) -> list[str]:
        raise socket.gaierror("no such name")

    with pytest.raises(NoWayThere, match="stands for no machine at present"):
        target("https://gone.example/", loopback=False, resolve=nothing)


def test_a_name_that_changes_its_answer_leads_to_the_machine_that_was_looked_at() -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]  # what a name server that is not to be trusted says, one after the other
    with listening(agreeable) as looked_at, listening(agreeable, host="127.0.0.2") as other:
        url = f"http://rebound.example:{looked_at.port}/"
        assert post(url, b"{}", {}, loopback=True, resolve=lambda *_: answers.pop(0)).arrived
        assert len(answers) == 1, "it is looked up once"
        assert looked_at.calls[0].headers["Host"] == f"rebound.example:{looked_at.port}"
        assert not other.calls


@pytest.mark.asvs("V15.3.2")
def test_a_redirection_is_not_followed() -> None:
    with listening(lambda _call: 307) as receiver:
        outcome = post(receiver.url, b"{}", {}, loopback=True)
        assert (outcome.arrived, outcome.status) == (False, 307)
        assert "not followed" in outcome.answer
        assert len(receiver.calls) == 1


def test_who_answers_a_byte_at_a_time_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def drip() -> None:
            line, _ = door.accept()
            try:
                for _ in range(60):
                    line.sendall(b"H")
                    time.sleep(0.5)
            except OSError:
                line.close()

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        outcome = post(f"http://127.0.0.1:{door.getsockname()[1]}/", b"{}", {}, loopback=True)
        assert not outcome.arrived
        assert time.monotonic() - began < WHOLE + 3


def test_a_long_answer_is_read_no_further_than_a_person_would() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:

        def pour() -> None:
            line, _ = door.accept()
            try:
                line.recv(65536)
                line.sendall(b"HTTP/1.1 500 No\r\n\r\n")
                while True:
                    line.sendall(b"x" * 65536)
            except OSError:
                line.close()

        threading.Thread(target=pour, daemon=True).start()
        outcome = post(f"http://127.0.0.1:{door.getsockname()[1]}/", b"{}", {}, loopback=True)
        assert outcome.status == 500
        assert len(outcome.answer) <= 500
