"""`cxworkflow audit`: check the record, take out one strategy's whole story."""

import argparse
from pathlib import Path
from typing import Any

from cxworkflow.cli.surroundings import application
from cxworkflow.clock import now
from cxworkflow.db import unit_of_work
from cxworkflow.documents.packing import write_folder
from cxworkflow.documents.story import Folder
from cxworkflow.errors import NotFound, NotNow, WorkflowError
from cxworkflow.services import policies, record_checks, stories, strategies
from cxworkflow.verify_record import MANIFEST, Head, Unreadable, check_folder, read_anchors, sha256


def add_to(commands: Any) -> None:
    """Add `audit` to the command line."""
    made = commands.add_parser("audit", help="check the record, or take out one strategy's whole story")
    verbs = made.add_subparsers(metavar="VERB", required=True)
    verify = verbs.add_parser("verify", help="check the record, or a folder that was taken out of it")
    verify.add_argument("folder", metavar="FOLDER", type=Path, nargs="?", help="without one: the record itself")
    verify.add_argument("--anchors", metavar="FILE", type=Path, help="anchors that were kept elsewhere")
    verify.set_defaults(run=check)
    export = verbs.add_parser("export", help="take out one strategy's whole story, as a folder that anybody can check")
    export.add_argument("component", metavar="COMPONENT")
    export.add_argument("--out", metavar="FOLDER", type=Path, help="a folder that is not there yet")
    export.set_defaults(run=take_out)


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


def take_out(given: argparse.Namespace) -> None:
    """Write the story of the Component's latest strategy."""
    with application() as app:
        component = policies.component_of(given.component)
        found = (strategies.find(edition, component) for edition in policies.editions())
        strategy = next((each for each in found if each is not None), None)
        if strategy is None:
            raise NotFound(f"{component.code} has not begun a strategy.")
        settings = app.extensions["settings"]
        folder = Folder(strategy, settings.mail_from, settings.base_url)
        out = given.out or Path(folder.name)
        if out.exists():
            raise NotNow(f"{out} is there already. Name a folder that is not, with --out.")
        with unit_of_work():
            stories.take_out(strategy, by=None, at=now())
        write_folder(folder.files(), out)
    manifest = (out / MANIFEST).read_bytes()
    print(f"{out}: the whole story of {component.code}. Keep this number apart from it, the SHA-256 of {MANIFEST}:")
    print(sha256(manifest))
