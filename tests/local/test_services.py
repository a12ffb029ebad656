"""Embedded PostgreSQL and Valkey: shared while somebody needs them, and nothing lost by any crash."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import redis
from kombu import Connection
from psycopg.conninfo import make_conninfo
from sqlalchemy import create_engine, make_url, text

from cxworkflow.errors import SettingError
from cxworkflow.local import processes
from cxworkflow.local.places import SHARED, Account
from cxworkflow.local.postgres import Postgres
from cxworkflow.local.services import Services, embedded

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")

# Another program that needs both services until its input ends.
NEIGHBOUR = """
import sys
from pathlib import Path
from typing import Any
from cxworkflow.local.services import embedded
with embedded(Path(sys.argv[1]), postgres=True, redis=True) as services:
    print(services.database_url, flush=True)
    sys.stdin.read()
"""


def neighbour(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", NEIGHBOUR, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def connect(services: Services) -> "psycopg.Connection[tuple[Any, ...]]":
    url = make_url(services.database_url or "")
    return psycopg.connect(make_conninfo(host=str(url.query["host"]), user=url.username, dbname=url.database))


def server_ids(home: Path) -> list[int]:
    """The processes of both servers, PostgreSQL's backends included."""
    found = processes.working_in("postgres", Postgres(home).data)
    return found + processes.working_in("valkey-server", home / "valkey")


def main_processes(home: Path) -> list[int]:
    """The same without those that a server started itself."""
    found = server_ids(home)
    return [pid for pid in found if psutil.Process(pid).ppid() not in found]


def write_three(services: Services) -> None:
    with connect(services) as connection:
        connection.execute("CREATE TABLE line AS SELECT generate_series(1, 3) AS number")
    redis.Redis.from_url(services.redis_url or "").set("bell", "rung")


def assert_three_are_there(services: Services) -> None:
    with connect(services) as connection:
        assert connection.execute("SELECT count(*) FROM line").fetchone() == (3,)
    assert redis.Redis.from_url(services.redis_url or "").get("bell") == b"rung"


@pytest.mark.parametrize("name", ["home", "a home with spaces, a ' and ü", "long/" * 20 + "home"])
def test_both_servers_stop_in_the_end_and_keep_their_data(home: Path, name: str) -> None:
    home = home.parent / name
    with embedded(home, postgres=True, redis=True) as services:
        write_three(services)
        assert server_ids(home)
    assert server_ids(home) == []

    with embedded(home, postgres=True, redis=True) as services:
        assert_three_are_there(services)


def test_sqlalchemy_and_celerys_transport_understand_the_addresses(home: Path) -> None:
    with embedded(home.parent / "with space", postgres=True, redis=True) as services:
        engine = create_engine(services.database_url or "")
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT upper('é')")) == "É"
        engine.dispose()
        with Connection(services.broker_url or "") as broker, broker.SimpleQueue("work") as queue:
            queue.put({"ring": 1})
            message = queue.get(timeout=5)
            assert message.payload == {"ring": 1}
            message.ack()


def test_only_what_is_asked_for_is_started(home: Path) -> None:
    with embedded(home, postgres=False, redis=True) as services:
        assert services.database_url is None
        assert processes.working_in("valkey-server", home / "valkey")
        assert not (home / "postgres").exists()


def test_the_last_one_out_stops_the_servers(home: Path) -> None:
    with embedded(home, postgres=True, redis=True) as services:
        other = neighbour(home)
        assert first_line(other).strip() == services.database_url
        before = set(server_ids(home))
    assert set(server_ids(home)) & before, "somebody still needs them"

    other.communicate("")
    assert server_ids(home) == []


def test_many_who_start_at_once_share_one_server(home: Path) -> None:
    others = [neighbour(home) for _ in range(4)]
    addresses = {first_line(other) for other in others}
    servers = main_processes(home)
    for other in others:
        other.communicate("")

    assert len(addresses) == 1
    assert len(servers) == 2
    assert {other.returncode for other in others} == {0}
    assert server_ids(home) == []


def test_after_kill_9_of_everything_the_next_start_has_lost_nothing(home: Path) -> None:
    user = neighbour(home)
    first_line(user)
    with embedded(home, postgres=True, redis=True) as services:
        write_three(services)
        user.kill()
        user.communicate()
        for pid in server_ids(home):
            os.kill(pid, signal.SIGKILL)

    with embedded(home, postgres=True, redis=True) as services:
        assert_three_are_there(services)
    assert server_ids(home) == []


def test_servers_that_outlived_their_user_are_used_and_then_stopped(home: Path) -> None:
    user = neighbour(home)
    address = first_line(user).strip()
    user.kill()
    user.communicate()
    assert server_ids(home)

    with embedded(home, postgres=True, redis=True) as services:
        assert services.database_url == address
    assert server_ids(home) == []


def test_a_killed_server_is_revived_in_place(home: Path) -> None:
    with embedded(home, postgres=True, redis=True) as services:
        write_three(services)
        busy = connect(services)  # its backend outlives the postmaster for a moment
        for server in services.servers:
            assert not server.revive()
        for pid in main_processes(home):
            os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + 5
        while any(server.alive() for server in services.servers) and time.monotonic() < until:
            time.sleep(0.02)

        assert [server.revive() for server in services.servers] == [True, True]
        assert_three_are_there(services)
        busy.close()


def test_a_stale_process_id_is_not_believed(home: Path) -> None:
    with embedded(home, postgres=True, redis=True) as services:
        write_three(services)

    for pid in (str(os.getpid()), "1", "999999999", "", "nonsense"):
        (Postgres(home).data / "postmaster.pid").write_text(f"{pid}\nx\n0\n5432\n/nowhere\n\n\nready\n")
        (home / "valkey" / "valkey.pid").write_text(f"{pid}\n")
        with embedded(home, postgres=True, redis=True) as services:
            assert_three_are_there(services)


def test_a_first_start_that_was_cut_off_is_begun_again(home: Path) -> None:
    (home / "postgres" / "data.unfinished" / "base").mkdir(parents=True)

    with embedded(home, postgres=True, redis=False) as services, connect(services) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_durability_is_left_on_and_tcp_off(home: Path) -> None:
    with embedded(home, postgres=True, redis=False) as services, connect(services) as connection:
        settings: dict[str, str] = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
        host = make_url(services.database_url or "").query["host"]

    assert (settings["fsync"], settings["synchronous_commit"], settings["full_page_writes"]) == ("on", "on", "on")
    assert settings["listen_addresses"] == ""
    assert not Path(str(host), ".s.PGSQL.5432").exists()


def test_a_home_that_cannot_be_used_is_refused_in_one_sentence(home: Path) -> None:
    home.write_text("a file")

    refused = pytest.raises(SettingError, match=r"^The folder .* can't be used: .*Name another in CXWORKFLOW_HOME\.$")
    with refused, embedded(home, postgres=True, redis=True):
        pass


@as_root
def test_as_root_the_database_runs_as_nobody_in_a_private_folder(home: Path) -> None:
    with embedded(home, postgres=True, redis=False):
        data = Postgres(home).data
        nobody = Account.unprivileged()

        assert {Account.owner_of(Path(f"/proc/{pid}")) for pid in server_ids(home)} == {nobody}
        assert data.is_relative_to(home)
        assert data.stat().st_mode & 0o777 == 0o700
        assert nobody.owns(data)


@as_root
def test_as_root_in_a_closed_folder_the_data_goes_where_nobody_gets_to(home: Path) -> None:
    home.parent.chmod(0o700)
    with embedded(home, postgres=True, redis=True) as services:
        write_three(services)
    data = Postgres(home).data
    try:
        assert data.is_relative_to(SHARED)
        with embedded(home, postgres=True, redis=True) as services:
            assert_three_are_there(services)
    finally:
        shutil.rmtree(data.parent)


@as_root
def test_a_socket_folder_that_somebody_else_made_is_refused(home: Path) -> None:
    home = home.parent / "with space"
    sockets = Postgres(home)._sockets()
    sockets.mkdir()
    os.chown(sockets, 54321, 54321)
    try:
        refused = pytest.raises(SettingError, match="belongs to somebody else")
        with refused, embedded(home, postgres=True, redis=False):
            pass
    finally:
        shutil.rmtree(sockets, ignore_errors=True)
