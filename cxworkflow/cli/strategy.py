"""`cxworkflow strategy`: check, import and export a Component's strategy as a file."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from cxworkflow.calendar import day_of
from cxworkflow.cli.surroundings import application
from cxworkflow.clock import now
from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotFound
from cxworkflow.models import PolicyEdition, Role
from cxworkflow.policies.answers import StrategyFile, read_strategy
from cxworkflow.services import drafting, people, policies, record, strategies

LARGEST_FILE = 5_000_000


def add_to(commands: Any) -> None:
    """Add `strategy` to the command line."""
    made = commands.add_parser("strategy", help="check, import or export a Component's strategy")
    verbs = made.add_subparsers(metavar="VERB", required=True)
    for name, run, words in (
        ("check", check, "say what is wrong with a strategy file; changes nothing"),
        ("import", import_file, "fill a Component's draft from a strategy file"),
    ):
        verb = verbs.add_parser(name, help=words)
        verb.add_argument("file", metavar="FILE", type=Path)
        verb.add_argument("--as", dest="component", metavar="COMPONENT", help="file it for another Component")
        verb.set_defaults(run=run)
        if name == "import":
            verb.add_argument("--by", metavar="ADDRESS", help="whose act it is (default: the Component's lead)")
    export = verbs.add_parser("export", help="print a Component's strategy as it stands")
    export.add_argument("component", metavar="COMPONENT")
    export.add_argument("--json", action="store_true", required=True, help="as JSON, which `import` takes")
    export.set_defaults(run=export_file)


def check(given: argparse.Namespace) -> None:
    """Read and check a strategy file against the policy in force."""
    with application():
        file, _ = _read(given.file, given.component)
    print(f"{given.file.name}: complete and well formed, as {file.component}'s strategy.")


def import_file(given: argparse.Namespace) -> None:
    """Fill the draft, by the verb that the pages use."""
    with application():
        file, edition = _read(given.file, given.component)
        at = now()
        with unit_of_work():
            component = policies.component_of(f"{edition.policy.department}/{file.component}")
            by = people.person_of(given.by) if given.by else people.holder(Role.LEAD, component, on=day_of(at))
            changed = drafting.fill(edition, component, file, by=by, at=at)
    print(
        f"{file.component}: the draft now holds {given.file.name}."
        if changed
        else f"{file.component}: nothing to change."
    )


def export_file(given: argparse.Namespace) -> None:
    """Print the draft as a strategy file."""
    with application():
        component = policies.component_of(given.component)
        for edition in policies.editions():
            strategy = strategies.find(edition, component)
            if strategy is not None:
                told = {
                    "policy": edition.code,
                    "component": component.code,
                    "title": strategy.title,
                    "answers": strategy.contents,
                }
                details = {"what": "a strategy file"}
                with unit_of_work():
                    record.write("exported", by=None, as_role=None, at=now(), strategy=strategy, details=details)
                json.dump(told, sys.stdout, ensure_ascii=False, indent=2)
                print()
                return
        raise NotFound(f"{component.code} has not begun a strategy.")


def _read(path: Path, as_component: str | None) -> tuple[StrategyFile, PolicyEdition]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InvalidInput(path.name, [Fault("", "This file is larger than 5 MB, the most allowed. Shorten it.")])
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInput(str(path), [Fault("", f"This file can't be read ({error.strerror}).")]) from None
    edition = policies.edition_of(_policy_named(raw) or policies.editions()[0].code)
    known = {each.code: each.hisp for each in policies.components(edition.policy.department)}
    return read_strategy(raw, edition.policy, known, file=path.name, as_component=as_component), edition


def _policy_named(raw: bytes) -> str | None:
    """The policy a well-formed file names; what is not well formed is told by `read_strategy`."""
    try:
        named = json.loads(raw)["policy"] if len(raw) <= LARGEST_FILE else None
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    known = {edition.code for edition in policies.editions()}
    return named if isinstance(named, str) and named in known else None
