"""`cxworkflow policy`: check a policy file, list its dates, or map its clauses."""

import argparse
from pathlib import Path
from typing import Any

from cxworkflow.cli import clauses
from cxworkflow.cli.arguments import a_day
from cxworkflow.policies import read_policy
from cxworkflow.preview import preview


def add_to(commands: Any) -> None:
    """Add `policy` to the command line."""
    made = commands.add_parser("policy", help="check a policy file, list its dates, or map its clauses")
    verbs = made.add_subparsers(metavar="VERB", required=True)
    verb = verbs.add_parser("check", help="say what is wrong with a policy file: file, key, reason")
    verb.add_argument("file", metavar="FILE", type=Path)
    verb.set_defaults(run=check)
    verb = verbs.add_parser("preview", help="list every date of a policy, were it signed on a day")
    verb.add_argument("file", metavar="FILE", type=Path)
    verb.add_argument("--from", dest="signed_on", type=a_day, metavar="DATE", help="the day (default: the file's own)")
    verb.set_defaults(run=list_dates)
    clauses.add_to(verbs)


def check(given: argparse.Namespace) -> None:
    """Read a policy file; every fault is told."""
    policy = read_policy(given.file)
    told = f"{len(policy.clauses)} clauses, {len(policy.clocks)} clocks, {len(policy.sections)} sections"
    print(f"{given.file.name}: {policy.short_title} is well formed ({told}).")


def list_dates(given: argparse.Namespace) -> None:
    """One line a date: the day, the clause, the clock, what happens."""
    policy = read_policy(given.file)
    for line in preview(policy, signed_on=given.signed_on or policy.signed_on):
        print(f"{line.on}  {line.on:%a}  {line.clause:<8}  {line.clock}{': ' if line.clock else ''}{line.what}")
