"""A connection to PostgreSQL whose other end is gone without a word is given up."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from cxworkflow.db import CONNECT_ARGS
from cxworkflow.pooled import give_up_in_midst
from tests.chaos.relay import Relay

pytestmark = pytest.mark.integration
MORE_THAN_WAITS_ON_THE_WAY = "x" * 2**26


@pytest.fixture
def relay(server_url: str) -> Relay:
    """A relay before the server."""
    url = make_url(server_url)
    host = str(url.query.get("host", ""))
    return Relay(Path(host, f".s.PGSQL.{url.port or 5432}") if host else url.port or 5432)


@pytest.fixture
def connection(relay: Relay, server_url: str) -> Iterator[Connection]:
    """A connection through the relay, as every part of the program has one, but for less patience."""
    url = make_url(server_url).set(host="127.0.0.1", port=relay.port, query={})
    impatient = {**CONNECT_ARGS, "tcp_user_timeout": 500}
    engine = create_engine(url, connect_args=impatient, poolclass=NullPool)
    give_up_in_midst(engine)
    with engine.connect() as connected:
        yield connected


def test_a_server_that_takes_nothing_in_any_more_is_given_up(relay: Relay, connection: Connection) -> None:
    assert connection.scalar(text("select 1")) == 1
    relay.stand_still()
    with pytest.raises(OperationalError, match=r"server closed|could not send|timed out|lost|socket closed"):
        connection.execute(text("select length(:words)"), {"words": MORE_THAN_WAITS_ON_THE_WAY})
    assert connection.invalidated, "nobody is given what is left of it"


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="The system has no such setting.")
def test_a_silent_connection_is_asked_whether_it_is_there(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    with socket.socket(fileno=os.dup(driver.fileno())) as line:
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        asked_after = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
        assert asked_after == CONNECT_ARGS["keepalives_idle"]
