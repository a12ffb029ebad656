"""What follows an approval in a scenario: reports, readings, evidence, and the Directorate's check of them."""

from sqlalchemy import select

from config.settings import MEGABYTE
from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Commitment, Role
from cxworkflow.rehearsal import events
from cxworkflow.rehearsal.acting import Scene, act
from cxworkflow.services import evidence, implementation, people, progress, readings
from cxworkflow.uploads.examining import examine

LARGEST, MOST = 10 * MEGABYTE, 100 * MEGABYTE


@act.register
def _(event: events.Implemented, scene: Scene) -> None:
    implementation.report(scene.strategy, statement=event.statement, by=scene.by, at=event.at)
    checker = people.holder(
        Role.DIRECTORATE_LEAD, None, department=scene.strategy.component.department, on=day_of(event.at)
    )
    implementation.accept(scene.strategy, answer="Accepted with the report.", by=checker, at=event.at)


@act.register
def _(event: events.Report, scene: Scene) -> None:
    if event.commitment is None:
        implementation.report(scene.strategy, statement=event.statement, by=scene.by, at=event.at)
    else:
        progress.report(_called(event.commitment, scene), statement=event.statement, by=scene.by, at=event.at)


@act.register
def _(event: events.Reading, scene: Scene) -> None:
    as_of = event.as_of or day_of(event.at)
    metric, value = _called(event.metric, scene), f"{event.value:.15g}"
    readings.read(metric, value=value, as_of=as_of, note=event.note, by=scene.by, at=event.at)


@act.register
def _(event: events.Evidence, scene: Scene) -> None:
    path = scene.scenario.folder / event.file
    if not path.is_file():
        raise NotFound(f"There is no file “{event.file}” beside the scenario.")
    file = examine(path.name, path.read_bytes(), largest=LARGEST, clamd_url=None)
    commitment = _called(event.commitment, scene)
    evidence.attach(commitment, file, note=event.note, most=MOST, by=scene.by, at=event.at)


@act.register
def _(event: events.Accept, scene: Scene) -> None:
    if event.commitment is None:
        implementation.accept(scene.strategy, answer=event.text, by=scene.by, at=event.at)
    else:
        progress.accept(_called(event.commitment, scene), answer=event.text, by=scene.by, at=event.at)


def _called(title: str, scene: Scene) -> Commitment:
    """The Component's commitment of this title; raises NotFound with those that there are."""
    found = session().scalars(select(Commitment).where(Commitment.strategy_id == scene.strategy.id)).all()
    for each in found:
        if title in (each.title, each.original_title):
            return each
    there = "; ".join(f"“{each.title}”" for each in found) or "none"
    raise NotFound(f"There is no commitment “{title}” here. There are: {there}.")
