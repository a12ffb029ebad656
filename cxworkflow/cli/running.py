"""`cxworkflow demo`, `up`, `serve` and `migrate`: running the whole, or one part of it."""

import argparse
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from config import settings
from cxworkflow.app import create_app
from cxworkflow.cli.opening import open_house
from cxworkflow.cli.surroundings import DEFAULT_PORT, home, migrate, surroundings
from cxworkflow.db import db
from cxworkflow.errors import SettingError
from cxworkflow.local.child import Child, answers, listens
from cxworkflow.local.supervisor import require_free, say, supervising
from cxworkflow.scope import SYSTEM, within

ROOT = Path(__file__).parents[2]


def add_to(commands: Any) -> None:
    """Add the commands that run things."""
    for name, words in (
        ("demo", "open the demo: sample people, a clock that can be moved, a local mailbox"),
        ("up", "run everything on this machine: web, worker, beat, and the services that are not set"),
    ):
        made = commands.add_parser(name, help=words)
        made.set_defaults(run=run_all, demo=name == "demo")
    serve = commands.add_parser("serve", help="run one part: web, worker or beat")
    serve.add_argument("part", choices=["web", "worker", "beat"])
    serve.set_defaults(run=run_part)
    migrating = commands.add_parser("migrate", help="bring the database up to date and load the policies that ship")
    migrating.set_defaults(run=run_migration)


def run_all(given: argparse.Namespace) -> None:
    """Web, worker, beat and mailbox under one supervisor, until Ctrl-C or SIGTERM."""
    port = _port()
    require_free(port, "Choose another: PORT=8077 make run, or CXWORKFLOW_PORT=8077.")
    with (
        supervising(home()) as supervisor,
        surroundings(demo=given.demo, redis=True, port=port) as (environment, services),
    ):
        mailbox = None if "CXWORKFLOW_SMTP_URL" in os.environ else _mailbox(environment)
        read = settings.read(environment)
        migrate(read)
        _open(read)
        children = [Child("web", _command("web", environment), environment, ROOT, answers(port))]
        if mailbox is not None:
            children.append(mailbox)
        children += [Child(part, _command(part, environment), environment, ROOT) for part in ("worker", "beat")]
        supervisor.run(children, services.servers, lambda: say(_welcome(given.demo, environment)))


def run_part(given: argparse.Namespace) -> None:
    """Become one part of the system, on the services that the environment names."""
    with surroundings() as (environment, services):
        if services.servers:
            raise SettingError(
                "`serve` runs one part on services that run already: set CXWORKFLOW_DATABASE_URL. "
                "`cxworkflow up` runs everything."
            )
        read = settings.read(environment)
        # One that the database does not bind is refused here, in words; one that is away for now comes back.
        with suppress(sa.exc.OperationalError), create_app(read).app_context():
            db.engine.connect().close()
            db.engine.dispose()
    command = _command(given.part, environment)
    os.chdir(ROOT)
    os.execve(command[0], command, environment)  # noqa: S606  # no shell: the part takes this process's place


def run_migration(_given: argparse.Namespace) -> None:
    """Migrate and load what ships."""
    with surroundings() as (environment, _):
        read = settings.read(environment)
        migrate(read)
        _open(read)
    print("The database is up to date.")


def _open(read: settings.Settings) -> None:
    app = create_app(read)
    with app.app_context(), within(SYSTEM):
        open_house(demo=read.demo, departments=read.departments)
        db.session.remove()
        db.engine.dispose()


def _command(part: str, environment: Mapping[str, str]) -> list[str]:
    python = sys.executable
    if part == "web":
        bind = f"{environment.get('CXWORKFLOW_BIND', '127.0.0.1')}:{environment['CXWORKFLOW_PORT']}"
        return [python, "-m", "gunicorn", "--config", "config/gunicorn.py", "--bind", bind, "cxworkflow.web.wsgi:app"]
    celery = [python, "-m", "celery", "--app", "tasks.app", part, "--loglevel", "WARNING"]
    if part == "worker":
        return [
            *celery,
            "--concurrency",
            environment.get("CXWORKFLOW_WORKERS", "1"),
            "--without-gossip",
            "--without-mingle",
        ]
    # Beat's memory is of no use to us: every job looks at state, so its schedule starts anew each time.
    return [*celery, "--schedule", os.devnull, "--pidfile", "", "--scheduler", "tasks.schedule:Ticks"]


def _mailbox(environment: dict[str, str]) -> Child:
    place = home()
    port = _free_port()
    (place / "mail-port").write_text(str(port), encoding="ascii")
    environment["CXWORKFLOW_SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    environment["CXWORKFLOW_JOURNAL_FOLDER"] = str(place / "mailbox")
    argv = [sys.executable, "-m", "cxworkflow.local.mailbox", str(place / "mailbox"), str(port)]
    return Child("mailbox", argv, environment, ROOT, listens(port))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def _port() -> int:
    given = os.environ.get("CXWORKFLOW_PORT") or str(DEFAULT_PORT)
    if not given.isdigit() or not 1 <= int(given) <= 65535:
        raise SettingError(f"CXWORKFLOW_PORT is “{given}”: use a number from 1 to 65535.")
    return int(given)


def _welcome(demo: bool, environment: Mapping[str, str]) -> str:
    address = environment["CXWORKFLOW_BASE_URL"]
    if not demo:
        return f"\nCX Workflow runs at {address}\nCtrl-C stops it."
    return f"""
CX Workflow demo: {address}

Three things to try:
  1. Sign in as the lead of CBP, finish the draft and submit it: {address}/sign-in
  2. Move the clock to the next reminder and read the e-mail: {address}/demo/clock
  3. Sign in as the Chief Information Officer and decide on a strategy that waits.

Ctrl-C stops everything. What you did is kept in {home()}."""
