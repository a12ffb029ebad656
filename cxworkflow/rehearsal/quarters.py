"""The quarters of HISPs in a rehearsal: played where a scenario has any, under the policy that asks for them."""

import csv
import io
from datetime import date, datetime
from pathlib import Path

from config.settings import POLICIES
from cxworkflow.calendar import day_of
from cxworkflow.errors import NotFound, NotNow
from cxworkflow.models import Component, Person
from cxworkflow.policies import Policy, read_policy
from cxworkflow.rehearsal import events
from cxworkflow.rehearsal.acting import Scene, act
from cxworkflow.rehearsal.scenario import Scenario
from cxworkflow.services import hisp_services, quarter_files, quarter_lights, quarters, recurring
from cxworkflow.services.hisp_services import Facts

ALWAYS = date(2019, 1, 1)  # since when a rehearsal's services are offered


def are_in(scenario: Scenario) -> bool:
    """Whether a scenario has a quarter in it."""
    return any(isinstance(event, events.Quarter) for event in scenario.events)


def asking(department: str) -> list[Policy]:
    """The policies that ask a department for quarters, as they ship."""
    shipped = (read_policy(path) for path in sorted(POLICIES.glob("*.toml")))
    return [each for each in shipped if each.department == department and _asks_for_quarters(each)]


def _asks_for_quarters(policy: Policy) -> bool:
    return any(rule.starts == "quarter-ended" for rule in policy.clocks)


def dawn(scenario: Scenario, *, at: datetime) -> None:
    """What the system does by itself each day: opens the clocks of quarters, and notes silence."""
    recurring.open_due(at=at, only=scenario.components)
    quarter_lights.note_silence(day_of(at), at)


@act.register
def _(event: events.Quarter, scene: Scene) -> None:
    component, by = scene.component, scene.by
    assert component is not None
    if event.step == "enter":
        _enter(event, component, scene.scenario.folder, by=by)
        return
    report = quarters.report_of(component, event.quarter)
    if report is None:
        raise NotNow(f"{component.code} has entered nothing for {event.quarter} yet: enter it first.")
    if event.step == "submit":
        quarters.submit(report, by=by, at=event.at)
    elif event.step == "clear":
        quarters.clear(report, by=by, at=event.at)
    elif event.step == "return":
        quarters.send_back(report, reason=event.reason, by=by, at=event.at)
    elif event.step == "send":
        quarters.send(report, by=by, at=event.at)
    else:
        quarters.correct(report, reason=event.reason, by=by, at=event.at)


def _enter(event: events.Quarter, component: Component, folder: Path, *, by: Person) -> None:
    path = folder / (event.file or "")
    if event.file is None or not path.is_file():
        raise NotFound(f"There is no file “{event.file or ''}” beside the scenario. Name the CSV file of the quarter.")
    text = path.read_text(encoding="utf-8-sig")
    known = {each.name.casefold() for each in hisp_services.of_component(component)}
    channels: dict[str, list[str]] = {}
    for line in csv.DictReader(io.StringIO(text)):
        if (name := (line.get("service_name") or "").strip()) and name.casefold() not in known:
            channels.setdefault(name, []).append((line.get("channel") or "").strip())
    for name, offered in channels.items():
        hisp_services.add(component, Facts(name, tuple(dict.fromkeys(offered)), "", ALWAYS), by=by, at=event.at)
    brought = quarter_files.bring_in(component, io.StringIO(text), by=by, at=event.at)
    if brought.cycles != (event.quarter,):
        raise NotNow(f"{event.file} holds {', '.join(brought.cycles)}, and not {event.quarter} alone.")
