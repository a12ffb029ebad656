"""A page that rings the bell does not wait for a Redis that is gone or stands still."""

import socket
import time

from cxworkflow.bell import TICK, Bell


def seconds_to_ring(port: int) -> float:
    """How long a ring takes at this port."""
    bell = Bell(f"redis://127.0.0.1:{port}/0")
    began = time.monotonic()
    bell.ring(TICK)
    return time.monotonic() - began


def test_a_redis_that_is_gone_is_not_waited_for() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody_listens = probe.getsockname()[1]
    assert seconds_to_ring(nobody_listens) < 1


def test_a_redis_that_takes_connections_and_never_answers_costs_a_page_two_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert seconds_to_ring(silent.getsockname()[1]) < 3


def test_after_a_failure_the_next_pages_do_not_even_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        bell = Bell(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        bell.ring(TICK)
        began = time.monotonic()
        bell.ring(TICK)
    assert time.monotonic() - began < 0.1
