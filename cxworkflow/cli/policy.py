"""`cxworkflow policy`: begin a policy file, check it, list its dates, compare two, or map the clauses."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.settings import ORGANIZATIONS
from cxworkflow.calendar import day_of
from cxworkflow.cli import clauses
from cxworkflow.cli.arguments import a_day
from cxworkflow.cli.surroundings import application
from cxworkflow.clock import now
from cxworkflow.db import unit_of_work
from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.policies import Policy, read_policy
from cxworkflow.policies.comparison import Change, changes
from cxworkflow.policies.organizations import read_organization
from cxworkflow.policies.starting import starting_text
from cxworkflow.policies.wording import nearest, quoted
from cxworkflow.preview import preview
from cxworkflow.queries.editions import concerned
from cxworkflow.scope import system_of, within
from cxworkflow.services import editions, policies


def add_to(commands: Any) -> None:
    """Add `policy` to the command line."""
    made = commands.add_parser("policy", help="begin, check, preview or compare policy files, or map the clauses")
    verbs = made.add_subparsers(metavar="VERB", required=True)
    verb = verbs.add_parser("new", help="write a file to begin with, which passes the check and explains itself")
    verb.add_argument("file", metavar="FILE", type=Path, help="such as config/policies/order-7.toml; not there yet")
    verb.add_argument("--department", metavar="NAME", default="dhs", help="whose Components it binds (default: dhs)")
    verb.set_defaults(run=begin)
    verb = verbs.add_parser("diff", help="say what an edition changes, and for which running strategies")
    verb.add_argument("before", metavar="A", help="a policy file, or the code of a policy in force")
    verb.add_argument("after", metavar="B", type=Path, help="the file of the new edition")
    verb.set_defaults(run=compare)
    verb = verbs.add_parser("load", help="bring a new edition into force, for all who have not begun")
    verb.add_argument("file", metavar="FILE", type=Path)
    verb.set_defaults(run=bring_in)
    verb = verbs.add_parser("check", help="say what is wrong with a policy file: file, key, reason")
    verb.add_argument("file", metavar="FILE", type=Path)
    verb.set_defaults(run=check)
    verb = verbs.add_parser("preview", help="list every date of a policy, were it signed on a day")
    verb.add_argument("file", metavar="FILE", type=Path)
    verb.add_argument("--from", dest="signed_on", type=a_day, metavar="DATE", help="the day (default: the file's own)")
    verb.set_defaults(run=list_dates)
    clauses.add_to(verbs)


def begin(given: argparse.Namespace) -> None:
    """Write a commented policy file; one that is there already is left alone."""
    text = starting_text(given.file.stem, department=given.department, signed_on=day_of(now()))
    read_policy(text.encode(), file=given.file.name)
    _known_department(given.department, given.file.name)
    try:
        with given.file.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InvalidInput(str(given.file), [Fault("", "This file is there already. Give another name.")]) from None
    except OSError as error:
        raise InvalidInput(str(given.file), [Fault("", f"It can't be written ({error.strerror}).")]) from None
    print(f"{given.file} is there: change it to what your policy says, then check it.")


def compare(given: argparse.Namespace) -> None:
    """What is different, then each running strategy that it would concern if it were moved."""
    after = read_policy(given.after)
    if Path(given.before).is_file() or "." in given.before:
        _print_changes(changes(_same(read_policy(Path(given.before)), after), after))
        return
    with application():
        edition = policies.edition_of(given.before)
        found = changes(_same(edition.policy, after), after)
        _print_changes(found)
        for line in concerned(after, found, at=now()):
            print(line)


def bring_in(given: argparse.Namespace) -> None:
    """A new edition: who has begun a strategy stays on theirs until it is moved."""
    policy = read_policy(given.file)
    with application():
        with within(system_of(policy.department)), unit_of_work():
            edition = editions.bring_in(policy, at=now())
        print(f"{policy.short_title}: the edition with the SHA-256 {edition.sha256} is in force.")


def _same(before: Policy, after: Policy) -> Policy:
    if before.id != after.id:
        reason = f"{quoted(after.id)} is another policy than {quoted(before.id)}: two editions have the same id."
        raise InvalidInput(None, [Fault("id", reason)])
    return before


def _print_changes(found: Sequence[Change]) -> None:
    print("\n".join(map(str, found)) or "Both say the same.")


def _known_department(name: str, file: str) -> None:
    known = sorted(path.stem for path in ORGANIZATIONS.glob("*.toml"))
    if name not in known:
        reason = f"{quoted(name)} has no file in config/organizations. Add it, or use one of: {', '.join(known)}."
        raise InvalidInput(file, [Fault("department", f"{reason}{nearest(name, known)}")])


def check(given: argparse.Namespace) -> None:
    """Read a policy file, and that of its department's Components; every fault is told."""
    policy = read_policy(given.file)
    _known_department(policy.department, given.file.name)
    read_organization(ORGANIZATIONS / f"{policy.department}.toml", file=f"{policy.department}.toml")
    told = f"{len(policy.clauses)} clauses, {len(policy.clocks)} clocks, {len(policy.sections)} sections"
    print(f"{given.file.name}: {policy.short_title} is well formed ({told}).")


def list_dates(given: argparse.Namespace) -> None:
    """One line a date: the day, the clause, the clock, what happens."""
    policy = read_policy(given.file)
    for line in preview(policy, signed_on=given.signed_on or policy.signed_on):
        print(f"{line.on}  {line.on:%a}  {line.clause:<8}  {line.clock}{': ' if line.clock else ''}{line.what}")
