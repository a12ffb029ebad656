"""`cxworkflow doctor`: what an operator has to know, a plain sentence for each part, and how to mend what is wrong."""

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import sqlalchemy as sa

from config.settings import Settings
from config.settings import read as read_settings
from cxworkflow import migrations
from cxworkflow.app import create_app
from cxworkflow.bell import Bell
from cxworkflow.cli.surroundings import surroundings
from cxworkflow.db import db, session
from cxworkflow.errors import SettingError, WorkflowError
from cxworkflow.mail import journal_of
from cxworkflow.mail.transport import Smtp, UnreachableError
from cxworkflow.models import DeliveryState
from cxworkflow.queries import figures, operations, record
from cxworkflow.queries import webhooks as webhook_queries
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import webhooks
from cxworkflow.uploads.scanning import ScannerAway, found_in
from cxworkflow.wording import ago, counted

CLOCKS_MAY_DIFFER = timedelta(seconds=5)


@dataclass(frozen=True)
class Finding:
    """What was found of one part; `well` None is for what works, but is worth a thought."""

    part: str
    well: bool | None
    says: str


def add_to(commands: Any) -> None:
    """Add `doctor` to the command line."""
    made = commands.add_parser("doctor", help="check settings, services and parts, and say how to mend what is wrong")
    made.set_defaults(run=examine)


def examine(_given: argparse.Namespace) -> None:
    """Print a line for each part; the exit code tells whether something has to be mended. Nothing is changed."""
    wrong = 0
    with surroundings(redis=True) as (environment, _):
        for found in findings(environment):
            mark = {True: "well", None: "note", False: "WRONG"}[found.well]
            print(f"{mark:<6} {found.part + ':':<14} {found.says}")
            wrong += found.well is False
    if wrong:
        raise WorkflowError(f"{wrong} to mend." if wrong > 1 else "One thing to mend.")
    print("All is well.")


def findings(environment: dict[str, str]) -> Iterator[Finding]:
    """Each part in turn; what can't be looked at without another is left out when that one is away."""
    from cxworkflow.web import assets

    if not (assets.FOLDER / "vendor" / "stamp").is_file():
        yield Finding("Assets", False, "The pages’ styles, scripts and fonts are missing. Run `make install`.")
        return
    try:
        read = read_settings(environment)
        app = create_app(read)
    except SettingError as error:
        yield Finding("Settings", False, str(error))
        return
    yield Finding("Settings", True, "Complete.")
    yield Finding("Assets", True, "The pages’ styles, scripts and fonts are there.")
    with app.app_context(), within(SYSTEM):
        try:
            yield from _of_the_database(read)
        except sa.exc.OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            yield Finding("Database", False, f"It can’t be used: {reason}")
        finally:
            db.session.remove()
            db.engine.dispose()
    yield from _of_other_services(read)


def _of_the_database(read: Settings) -> Iterator[Finding]:
    with db.engine.connect() as connection:
        asked_at = datetime.now(UTC)
        version, told_at = connection.execute(
            sa.text("select current_setting('server_version'), clock_timestamp()")
        ).one()
        took = datetime.now(UTC) - asked_at
        connection.rollback()
        current = migrations.is_current(connection)
    milliseconds = took / timedelta(milliseconds=1)
    yield Finding("Database", True, f"PostgreSQL {version} answers in {milliseconds:,.0f} ms.")
    apart = abs(told_at - asked_at - took / 2)
    if apart > CLOCKS_MAY_DIFFER:
        seconds = apart.total_seconds()
        says = f"This machine’s and the database’s differ by {seconds:,.0f} seconds. Set both by a time server."
        yield Finding("Clocks", False, says)
    else:
        yield Finding("Clocks", True, "This machine and the database agree on the time.")
    if not current:
        yield Finding("Tables", False, "They are not up to date. Run `cxworkflow migrate`.")
        return
    yield Finding("Tables", True, "Up to date.")
    yield from _of_the_work(demo=read.demo, keys=read.keys)


def _of_the_work(*, demo: bool, keys: Sequence[str]) -> Iterator[Finding]:
    found = operations.operations()
    start = "Start it with `cxworkflow demo`." if demo else "Start it with `cxworkflow up`, or `cxworkflow serve`."
    for kind in ("worker", "beat"):
        seen = found.alive(kind)
        last = min((each.ago for each in found.pulses if each.kind == kind), default=None)
        away = "None seen." if last is None else f"The last one was seen {ago(last)}."
        yield Finding(kind.capitalize(), seen > 0, f"{seen} seen within a minute." if seen else f"{away} {start}")
    if found.swept_ago is None:
        yield Finding("Sweep", None, "None made yet.")
    else:
        yield Finding("Sweep", found.sweeps, f"The last one was {ago(found.swept_ago)}.")
    if found.failed or found.in_doubt:
        waits = f"{found.failed:,} failed and {found.in_doubt:,} in doubt: see the status page."
        yield Finding("E-mails", None, waits)
    else:
        yield Finding("E-mails", True, f"{found.backlog:,} to be sent, none failed or in doubt.")
    yield from _of_webhooks(keys)
    checked = record.last_check()
    if checked is None:
        yield Finding("Record", None, "Not checked yet; it is every night, or by `cxworkflow audit verify`.")
    elif checked.faults:
        yield Finding("Record", False, f"{counted(len(checked.faults), 'faults')}. Run `cxworkflow audit verify`.")
    else:
        yield Finding("Record", True, f"{checked.lines:,} lines, each checked.")
    session().rollback()


def _of_webhooks(keys: Sequence[str]) -> Iterator[Finding]:
    """Nothing where no other program is told of events."""
    if not webhook_queries.any_kept():
        return
    lost, states = webhooks.without_secret(keys), figures.deliveries()
    if lost:
        says = f"{lost:,} without a secret, since the secret key was exchanged: give each another on its page."
        yield Finding("Webhooks", False, says)
    elif failed := states[DeliveryState.FAILED]:
        yield Finding("Webhooks", None, f"{counted(failed, 'deliveries')} failed: see the page of webhooks.")
    else:
        yield Finding("Webhooks", True, f"{states[DeliveryState.OWED]:,} deliveries to be made, none failed.")


def _of_other_services(read: Settings) -> Iterator[Finding]:
    if Bell(read.redis_url).answers():
        yield Finding("Queue", True, "Redis answers.")
    else:
        yield Finding(
            "Queue", False, "Redis does not answer. Nothing is lost, but e-mails go out up to two minutes later."
        )
    try:
        with Smtp(read.smtp_url) as smtp:
            smtp.connect()
        yield Finding("Mail server", True, "It answers and lets us in.")
    except UnreachableError as error:
        yield Finding("Mail server", False, f"{error} What is owed waits, and is tried again.")
    yield _of_the_journal(read)
    if read.anchor_file is not None:
        folder = read.anchor_file.parent
        can = os.access(read.anchor_file if read.anchor_file.exists() else folder, os.W_OK)
        yield Finding("Anchors", can, f"{read.anchor_file} can {'' if can else 'not '}be written to.")
    if read.clamd_url is not None:
        try:
            found_in(BytesIO(), read.clamd_url)
            yield Finding("Virus scanner", True, "It answers.")
        except ScannerAway:
            says = (
                "It does not answer, so nobody can attach a file. See to ClamAV where CXWORKFLOW_CLAMD_URL says it is."
            )
            yield Finding("Virus scanner", False, says)


def _of_the_journal(read: Settings) -> Finding:
    if not (read.journal_folder or read.journal_url):
        says = "None is set, so an e-mail in doubt waits for a person. Set CXWORKFLOW_JOURNAL_ADDRESS and _URL."
        return Finding("Journal", None, says)
    if journal_of(read).holds("<nobody@notice.cxworkflow>") is None:
        return Finding("Journal", False, "It can’t be asked. Until it can, e-mails in doubt wait.")
    return Finding("Journal", True, "It can be asked.")
