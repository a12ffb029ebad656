"""`cxworkflow clocks`, `sweep` and `rehearse`: looking at the clocks, owing what is due, playing a scenario."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import select

from cxworkflow.calendar import day_of
from cxworkflow.cli.arguments import a_day, a_moment
from cxworkflow.cli.surroundings import application, server
from cxworkflow.clock import now
from cxworkflow.db import session, unit_of_work
from cxworkflow.errors import Fault, InvalidInput, NotNow
from cxworkflow.models import Clock
from cxworkflow.queries import operations
from cxworkflow.rehearsal import Supposition, read_scenario, rehearse, suppose
from cxworkflow.rehearsal.report import clock_line, in_words
from cxworkflow.services import policies, reminders
from cxworkflow.services.histories import as_of
from cxworkflow.wording import ago, long_moment, span


def add_to(commands: Any) -> None:
    """Add the three commands."""
    clocks = commands.add_parser("clocks", help="list every clock")
    clocks.add_argument("--json", action="store_true", required=True)
    clocks.add_argument("--on", type=a_day, metavar="DATE", help="as they stood at the end of this day (2024-01-09)")
    clocks.set_defaults(run=list_clocks)
    sweep = commands.add_parser("sweep", help="owe every reminder that has been reached")
    sweep.add_argument("--at", type=a_moment, metavar="ISO", help="as of this moment (2024-01-09T06:00:00-05:00)")
    sweep.set_defaults(run=run_sweep)
    status = commands.add_parser("status", help="say how the system runs")
    status.set_defaults(run=print_status)
    play = commands.add_parser(
        "rehearse", help="play a scenario, or what would follow from today on; nothing real is touched"
    )
    play.add_argument(
        "scenario", metavar="SCENARIO.json", type=Path, nargs="?", help="without one: what if, from today"
    )
    play.add_argument("--json", action="store_true", help="every clock, e-mail and strategy as data")
    play.add_argument("--policy", metavar="CODE", help="what if: the policy to play, if not the first of them")
    play.add_argument("--slip", type=int, default=0, metavar="DAYS", help="what if: approvals come so many days later")
    play.add_argument(
        "--lapse", nargs=2, metavar=("DATE", "DAYS"), help="what if: no work and no days counted from DATE on, for DAYS"
    )
    play.add_argument("--closed", type=a_day, metavar="DATE", help="what if: offices close on this day")
    play.add_argument("--until", type=a_day, metavar="DATE", help="what if: the last day to play")
    play.set_defaults(run=run_rehearsal)


def list_clocks(given: argparse.Namespace) -> None:
    """Print every clock, as it stands or as it stood."""
    with application():
        on = given.on or day_of(now())
        lines = []
        for clock in session().scalars(select(Clock).order_by(Clock.id)):
            stood = as_of(clock, on) if given.on else clock.run
            if stood is not None:
                lines.append(clock_line(clock, on=on, run=stood))
    _print(lines)


def run_sweep(given: argparse.Namespace) -> None:
    """Owe what is due; the workers send it."""
    with application(), unit_of_work():
        done = reminders.sweep(at=given.at or now())
    print(f"Swept for {done.on}: {done.owed} reminders owed, {done.superseded} passed over.")


def print_status(_given: argparse.Namespace) -> None:
    """The figures of the status page; the exit code tells whether sweeps are made."""
    with application() as app:
        found, at = operations.operations(), now()
        next_at = operations.next_rung_at(at=at)
    print(f"Last sweep:    {ago(found.swept_ago) if found.swept_ago is not None else 'none yet'}")
    print(
        f"To be sent:    {found.backlog}"
        + (f", the oldest owed on {long_moment(found.oldest_owed_at)}" if found.oldest_owed_at else "")
    )
    print(f"Failed:        {found.failed}, in doubt: {found.in_doubt}")
    print(f"Workers seen:  {found.alive('worker')}, beats seen: {found.alive('beat')}")
    print(f"Next reminder: {f'in {span(next_at - at)}, on {long_moment(next_at)}' if next_at else 'none to come'}")
    if not app.extensions["settings"].has_journal:
        print(f"Warning:       {operations.NO_JOURNAL}")
    if not found.sweeps:
        raise NotNow("No sweep has been made in the last ten minutes: see that a worker and beat are running.")


def run_rehearsal(given: argparse.Namespace) -> None:
    """Play in a scratch database that is gone afterwards."""
    progress = _bar if sys.stderr.isatty() else _dots
    if given.scenario is None:
        with application() as app:
            edition = given.policy or policies.editions()[0].code
            url, at = app.extensions["settings"].database_url, now()
            session().rollback()
            told = suppose(edition, _supposed(given), source_url=url, at=at, progress=progress)
    else:
        scenario = read_scenario(given.scenario)
        with server() as server_url:
            told = rehearse(scenario, server_url=server_url, progress=progress)
    if given.json:
        _print(told)
    else:
        print(*in_words(told), sep="\n")


def _supposed(given: argparse.Namespace) -> Supposition:
    lapse_from, lapse_days = None, 0
    if given.lapse is not None:
        try:
            lapse_from, lapse_days = a_day(given.lapse[0]), int(given.lapse[1])
        except (argparse.ArgumentTypeError, ValueError):
            raise InvalidInput(None, [Fault("--lapse", "Write a day and a number: --lapse 2024-02-01 40.")]) from None
    return Supposition(given.slip, lapse_from, lapse_days, given.closed, given.until)


def _bar(done: int, total: int) -> None:
    width = 40
    filled = width * done // total
    end = "\n" if done == total else ""
    print(f"\r[{'#' * filled}{'.' * (width - filled)}] day {done} of {total}", end=end, file=sys.stderr, flush=True)


def _dots(done: int, total: int) -> None:
    """Where nobody watches a terminal, ten lines are enough."""
    if done * 10 // total > (done - 1) * 10 // total:
        print(f"day {done} of {total}", file=sys.stderr, flush=True)


def _print(told: object) -> None:
    json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
    print()
