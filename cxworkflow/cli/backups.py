"""`cxworkflow backup` and `restore`: everything that the database holds, in one file and out of it."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from config import settings
from cxworkflow.app import create_app
from cxworkflow.cli.surroundings import surroundings
from cxworkflow.clock import now
from cxworkflow.db import db, session, unit_of_work
from cxworkflow.errors import WorkflowError
from cxworkflow.local import backups
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import doubts, record, record_checks
from cxworkflow.wording import long_moment


def add_to(commands: Any) -> None:
    """Add the two commands."""
    verb = commands.add_parser("backup", help="write everything in the database to one new file, while work goes on")
    verb.add_argument("file", metavar="FILE", type=Path)
    verb.set_defaults(run=take)
    verb = commands.add_parser("restore", help="fill an empty database from a back-up, and check its record")
    verb.add_argument("file", metavar="FILE", type=Path)
    verb.set_defaults(run=bring_back)


def take(given: argparse.Namespace) -> None:
    """Back up. The secret key and the file of anchors are not in the database: keep them apart."""
    with surroundings() as (environment, _):
        read = settings.read(environment)
        made = backups.back_up(read.owner_database_url or read.database_url, given.file, demo=read.demo)
    print(f"{given.file}: everything as of {_told(made)}, {made.lines:,} lines of the record.")
    print(f"Its last line has the hash {made.head}.")
    print("Not in it, to be kept elsewhere: the secret key, and the file of anchors.")


def bring_back(given: argparse.Namespace) -> None:
    """Restore, check every line of the record, and doubt each e-mail that may have gone out since the back-up."""
    manifest = backups.read_manifest(given.file)
    with surroundings(demo=manifest.demo) as (environment, _):
        read = settings.read(environment)
        backups.restore(given.file, manifest, read.owner_database_url or read.database_url)
        app = create_app(read)
        with app.app_context(), within(SYSTEM):
            try:
                doubted = _settle(manifest)
            finally:
                db.session.remove()
                db.engine.dispose()
    print(f"Restored as of {_told(manifest)}: {manifest.lines:,} lines of the record, each of them checked.")
    if doubted:
        print(
            f"{doubted:,} e-mails that waited then may have gone out since. They are looked up in the journal before "
            "anything is sent; without one, they wait for a person on the status page."
        )


def _settle(manifest: backups.Manifest) -> int:
    head, faults = record_checks.check()
    if faults or (head.seq, head.hash) != (manifest.lines, manifest.head):
        raise WorkflowError("\n".join([*faults, "The record is not the one that was backed up. Use another copy."]))
    session().rollback()
    with unit_of_work():
        doubted = doubts.doubt_what_is_open()
        details = {"taken_at": manifest.taken_at, "line": manifest.lines, "doubted": doubted}
        record.write("restored", by=None, as_role=None, at=now(), details=details)
    return doubted


def _told(manifest: backups.Manifest) -> str:
    return long_moment(datetime.fromisoformat(manifest.taken_at))
