"""`cxworkflow policy`: check a policy file."""

import argparse
from pathlib import Path
from typing import Any

from cxworkflow.policies import read_policy


def add_to(commands: Any) -> None:
    """Add `policy` to the command line."""
    made = commands.add_parser("policy", help="check a policy file")
    verbs = made.add_subparsers(metavar="VERB", required=True)
    verb = verbs.add_parser("check", help="say what is wrong with a policy file: file, key, reason")
    verb.add_argument("file", metavar="FILE", type=Path)
    verb.set_defaults(run=check)


def check(given: argparse.Namespace) -> None:
    """Read a policy file; every fault is told."""
    policy = read_policy(given.file)
    told = f"{len(policy.clauses)} clauses, {len(policy.clocks)} clocks, {len(policy.sections)} sections"
    print(f"{given.file.name}: {policy.short_title} is well formed ({told}).")
