"""The verb by which a scenario publishes a strategy: prepared by who plays it, released by a second person."""

from cxworkflow.calendar import day_of
from cxworkflow.rehearsal import cast, events
from cxworkflow.rehearsal.acting import Scene, act
from cxworkflow.services import publications
from cxworkflow.services.public_texts import Place, public


@act.register
def _(event: events.Publish, scene: Scene) -> None:
    strategy = scene.strategy
    version = strategy.approved_version
    clauses = event.sections if event.sections is not None else list(version.content) if version else []
    made = publications.prepare(strategy, clauses, by=scene.by, at=event.at)
    for each in event.withhold:
        place = Place(each.clause, each.field, each.row and each.row - 1, each.column)
        publications.withhold(made, place, each.basis, passage=each.passage, by=scene.by, at=event.at)
    second = cast.player(event.released_by, scene.component, on=day_of(event.at))
    publications.release(made, sha256=public(made).sha256, by=second, at=event.at)
