"""A back-up: one file with everything that the database holds, and what shows that it came back whole.

PostgreSQL's own programs write and read it: those of the embedded server, which serve older servers too.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from cxworkflow import migrations
from cxworkflow.errors import Fault, InvalidInput, NotNow, WorkflowError
from cxworkflow.local.places import Account
from cxworkflow.local.postgres_files import programs_for
from cxworkflow.migrations.roles import LATER_SEQUENCES, LATER_TABLES, MAKE_PUBLIC_ROLE, MAKE_ROLES

MANIFEST, DUMP = "manifest.json", "database.dump"
ROLE = "cxworkflow_system"  # who may see every row
ENVIRONMENT = {"LC_ALL": "C"}  # nothing of the caller's, such as PGHOST or PGOPTIONS
# Among the first lines that pg_restore writes, which servers before PostgreSQL 17 don't understand.
PREAMBLE, NOT_BEFORE_17 = 100, b"SET transaction_timeout = 0;\n"


@dataclass(frozen=True)
class Manifest:
    """What a back-up says of itself: when it was taken (ISO, UTC), of which tables, and the last line of its record."""

    taken_at: str
    revision: str
    demo: bool
    lines: int
    head: str
    sha256: str


def back_up(database_url: str, file: Path, *, demo: bool) -> Manifest:
    """Write everything in the database to a new file, as it is at one moment; whoever works meanwhile is not held up.

    Raises NotNow where the file is there already, WorkflowError where PostgreSQL says no. Half a file is never left.
    """
    if file.exists():
        raise NotNow(f"{file} is there already. Name a file that is not.")
    with tempfile.TemporaryDirectory(prefix=".back-up-", dir=_folder_of(file)) as folder:
        dump = Path(folder, DUMP)
        with _one_moment(database_url) as (moment, facts):
            where, secret = _connection(database_url)
            how = ("--format=custom", "--no-owner", f"--role={ROLE}", "--enable-row-security", f"--snapshot={moment}")
            _run("pg_dump", *how, f"--file={dump}", *where, environment=secret)
        manifest = Manifest(demo=demo, sha256=_sha256(dump), **facts)
        Path(folder, MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        whole = Path(folder, "whole")
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as packed:
                for name in (MANIFEST, DUMP):
                    packed.add(Path(folder, name), name)
            os.fsync(out.fileno())
        whole.rename(file)
    return manifest


def restore(file: Path, manifest: Manifest, database_url: str) -> None:
    """Fill an empty database from a back-up, all or nothing, and bring its tables up to date; as its owner.

    Raises NotNow where the database holds anything, InvalidInput where the file is not what was written.
    """
    with tempfile.TemporaryDirectory(prefix="back-up-") as folder:
        dump = _unpacked(file, Path(folder))
        if _sha256(dump) != manifest.sha256:
            raise InvalidInput(
                str(file), [Fault(DUMP, "This is not what was backed up: its SHA-256 differs. Use another copy.")]
            )
        with psycopg.connect(_conninfo(database_url), autocommit=True) as owner:
            if owner.execute("select 1 from pg_class where relnamespace = 'public'::regnamespace limit 1").fetchone():
                raise NotNow(
                    "This database is not empty, and a restoration never overwrites anything. Name an empty one in "
                    "CXWORKFLOW_DATABASE_URL, or for embedded services an empty folder in CXWORKFLOW_HOME."
                )
            for statement in (*MAKE_ROLES, *MAKE_PUBLIC_ROLE):
                owner.execute(statement)
            listed = _run("pg_restore", "--list", str(dump))
            # Those name the login that owned the tables, which may be another one now.
            kept = [line for line in listed.splitlines() if " DEFAULT ACL " not in line]
            Path(folder, "list").write_text("\n".join(kept), encoding="utf-8")
            _play(dump, Path(folder, "list"), database_url)
            owner.execute(LATER_TABLES)
            owner.execute(LATER_SEQUENCES)
    migrations.upgrade(database_url)


def read_manifest(file: Path) -> Manifest:
    """What a back-up says of itself; raises InvalidInput for anything else."""
    try:
        with tarfile.open(file) as packed:
            found = packed.extractfile(MANIFEST)
            told = json.load(found) if found else {}
        return Manifest(**{field.name: told[field.name] for field in fields(Manifest)})
    except FileNotFoundError:
        raise InvalidInput(str(file), [Fault("", "There is no such file. Check its name and folder.")]) from None
    except (tarfile.TarError, KeyError, TypeError, ValueError, OSError):
        raise InvalidInput(
            str(file), [Fault("", "This is not a back-up of CX Workflow, or only a part of one.")]
        ) from None


def _folder_of(file: Path) -> Path:
    if not file.parent.is_dir():
        raise NotNow(f"The folder {file.parent} is not there. Make it first, or name another.")
    return file.parent


def _unpacked(file: Path, folder: Path) -> Path:
    try:
        with tarfile.open(file) as packed:
            packed.extract(DUMP, folder, filter="data")
    except (tarfile.TarError, KeyError, OSError):
        raise InvalidInput(
            str(file), [Fault(DUMP, "This part can't be read: the file was cut off. Use another copy.")]
        ) from None
    return folder / DUMP


@contextmanager
def _one_moment(database_url: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A snapshot that pg_dump can join, and what the database holds in it; raises NotNow before the first migration."""
    with psycopg.connect(_conninfo(database_url)) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.read_only = True
        try:
            reader.execute("select set_config('role', %s, false)", [ROLE])
            row = reader.execute(
                """
                select pg_export_snapshot(), to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                       (select version_num from alembic_version),
                       coalesce((select seq from event order by seq desc limit 1), 0),
                       coalesce((select hash from event order by seq desc limit 1), '')
                """
            ).fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidParameterValue):
            raise NotNow("This database holds nothing yet, so there is nothing to back up.") from None
        assert row is not None
        yield row[0], {"taken_at": row[1], "revision": row[2], "lines": row[3], "head": row[4]}


def _play(dump: Path, wanted: Path, database_url: str) -> None:
    """Have psql execute what pg_restore makes of a dump, in one transaction; raises WorkflowError with what it says."""
    script = [_program("pg_restore"), "--no-owner", f"--use-list={wanted}", "--file=-", str(dump)]
    where, secret = _connection(database_url)
    psql = [_program("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", *where]
    with tempfile.TemporaryFile() as said:
        with (
            subprocess.Popen(script, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=said) as writer,
            subprocess.Popen(psql, env=secret, stdin=subprocess.PIPE, stdout=said, stderr=said) as reader,
        ):
            assert writer.stdout is not None
            assert reader.stdin is not None
            # What stops reading says why itself.
            with suppress(BrokenPipeError), reader.stdin:
                for line in islice(writer.stdout, PREAMBLE):
                    if line != NOT_BEFORE_17:
                        reader.stdin.write(line)
                shutil.copyfileobj(writer.stdout, reader.stdin)
        said.seek(0)
        _refuse_failure("restoration", max(writer.returncode, reader.returncode), said.read().decode())


def _run(program: str, *arguments: str, environment: Mapping[str, str] = ENVIRONMENT) -> str:
    """Run one of PostgreSQL's programs; raises WorkflowError with what it says."""
    done = subprocess.run([_program(program), *arguments], env=environment, capture_output=True, text=True, check=False)
    _refuse_failure(program, done.returncode, done.stderr)
    return done.stdout


def _refuse_failure(what: str, code: int, said: str) -> None:
    if code:
        told = said.strip().splitlines() or ["no reason given"]
        reason = next((line for line in told if "ERROR" in line or "error" in line), told[0])
        raise WorkflowError(f"PostgreSQL’s {what} stopped, and nothing was kept: {reason}")


def _program(name: str) -> str:
    return str(programs_for(Account.ours()) / name)


def _connection(database_url: str) -> tuple[list[str], dict[str, str]]:
    """Arguments that name a database, and the environment with its password, which not all accounts can read there."""
    url = sa.make_url(database_url)
    where = _conninfo(url.set(password=None).render_as_string())
    return ["--dbname", where], {**ENVIRONMENT, "PGPASSWORD": str(url.password or "")}


def _conninfo(database_url: str) -> str:
    return database_url.replace("postgresql+psycopg://", "postgresql://", 1)


def _sha256(file: Path) -> str:
    with file.open("rb") as read:
        return file_digest(read, "sha256").hexdigest()
