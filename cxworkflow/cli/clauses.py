"""`cxworkflow policy map`: each clause, where it lives, which tests prove it, and how it stands today."""

import argparse
import json
import sys
from typing import Any

from cxworkflow.calendar import day_of
from cxworkflow.cli.surroundings import application
from cxworkflow.clock import now
from cxworkflow.models import PolicyEdition
from cxworkflow.queries.clause_map import Mapped, clause_map, told
from cxworkflow.services import policies


def add_to(verbs: Any) -> None:
    """Add the verb to `cxworkflow policy`."""
    verb = verbs.add_parser(
        "map", help="list each clause: where it lives, the tests that prove it, how it stands today"
    )
    verb.add_argument("policy", metavar="POLICY", nargs="?", help="its code (default: every policy in force)")
    verb.add_argument("--json", action="store_true", help="all of it as data")
    verb.set_defaults(run=print_map)


def print_map(given: argparse.Namespace) -> None:
    """The clauses of one policy, or of all that are in force, as they stand at this moment."""
    with application():
        at = now()
        latest: dict[str, PolicyEdition] = {}
        for edition in [policies.edition_of(given.policy)] if given.policy else policies.editions():
            latest.setdefault(edition.code, edition)
        mapped = [(edition, clause_map(edition, None, at=at)) for edition in latest.values()]
        if given.json:
            everything = {"on": day_of(at).isoformat(), "policies": [told(*each) for each in mapped]}
            json.dump(everything, sys.stdout, ensure_ascii=False, indent=1)
            print()
            return
        for edition, clauses in mapped:
            print(f"{edition.policy.short_title}, on {day_of(at)}")
            for each in clauses:
                print(_line(each))


def _line(each: Mapped) -> str:
    standing = ", ".join(f"{count} {state.value}" for state, count in each.counted.items())
    kept = f"{_counted(len(each.homes), 'home')}, {_counted(len(each.tests), 'test')}"
    return f"  {each.clause.id:<12} {kept:<20} {standing}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
