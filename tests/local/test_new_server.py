"""A new server has none of our roles yet: whoever migrates first makes them, if two at once, too."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from cxworkflow.db import CONNECT_ARGS
from cxworkflow.local.services import embedded
from cxworkflow.migrations import upgrade

pytestmark = pytest.mark.integration
UPGRADE = "import sys; from cxworkflow.migrations import upgrade; upgrade(sys.argv[1])"


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[str]:
    """The URL of a server on which nothing has been done."""
    tmp_path.chmod(0o711)
    with embedded(tmp_path, postgres=True, redis=False) as services:
        yield str(services.database_url)


def database(server: str, name: str, owner: str) -> str:
    """A new database of this owner."""
    with create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        connection.execute(text(f"create database {name} owner {owner}"))
    return make_url(server).set(database=name, username=owner).render_as_string(hide_password=False)


def test_two_databases_are_migrated_at_once(new_server: str) -> None:
    urls = [database(new_server, name, "cxworkflow") for name in ("one", "another")]
    crew = [subprocess.Popen([sys.executable, "-c", UPGRADE, url], stderr=subprocess.PIPE) for url in urls]
    assert [(each.communicate()[1], each.returncode) for each in crew] == [(b"", 0), (b"", 0)]


def test_an_owner_who_is_no_superuser_may_make_the_roles_and_work_in_them(new_server: str) -> None:
    with create_engine(new_server, poolclass=NullPool).begin() as connection:
        connection.execute(text("create role modest login createrole"))
    url = database(new_server, "modests", "modest")
    upgrade(url)
    with create_engine(url, connect_args=CONNECT_ARGS, poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("select count(*) from strategy")) == 0
        connection.execute(text("set role cxworkflow_system"))
