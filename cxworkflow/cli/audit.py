"""`cxworkflow audit`: check the record, take out one strategy's whole story."""

import argparse
from pathlib import Path
from typing import Any

from cxworkflow.cli.surroundings import application
from cxworkflow.errors import WorkflowError
from cxworkflow.services import record_checks
from cxworkflow.verify_record import Head, Unreadable, check_folder, read_anchors


def add_to(commands: Any) -> None:
    """Add `audit` to the command line."""
    made = commands.add_parser("audit", help="check the record, or take out one strategy's whole story")
    verbs = made.add_subparsers(metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help="check the record, or a folder that was taken out of it")
    verify.add_argument("folder", metavar="FOLDER", type=Path, nargs="?", help="without one: the record itself")
    verify.add_argument("--anchors", metavar="FILE", type=Path, help="anchors that were kept elsewhere")
    verify.set_defaults(run=check)


def check(given: argparse.Namespace) -> None:
    """Check every line; what is wrong is told line by line, and the exit code tells it too."""
    try:
        if given.folder is not None:
            faults, head = check_folder(given.folder, read_anchors(given.anchors) if given.anchors else [])
        else:
            with application() as app:
                kept = given.anchors or app.extensions["settings"].anchor_file
                known = read_anchors(kept) if kept and (given.anchors or kept.exists()) else []
                head, faults = record_checks.check(known)
    except Unreadable as error:
        faults, head = [str(error)], Head(0, "")
    if faults:
        raise WorkflowError("\n".join([*faults, "NOT VERIFIED."]))
    print(f"Verified: {head.seq:,} lines, the last with the hash {head.hash}.")
