"""What happens to papers and clocks in a scenario, by the verbs that the pages use."""

from cxworkflow.calendar import day_of
from cxworkflow.errors import NotFound, NotNow
from cxworkflow.models import Outcome
from cxworkflow.policies.answers import read_strategy
from cxworkflow.rehearsal import cast, events
from cxworkflow.rehearsal.acting import Scene, act
from cxworkflow.services import clocks, deliverables, drafting, policies, reviews, strategies


@act.register
def _(event: events.Deliver, scene: Scene) -> None:
    if scene.component is None:
        deliverables.deliver(scene.edition, event.what, by=scene.by, at=event.at)
    else:
        deliverables.hand_in(
            scene.edition, event.what, scene.component, statement=event.statement, by=scene.by, at=event.at
        )


@act.register
def _(event: events.Import, scene: Scene) -> None:
    component = scene.component
    assert component is not None
    path = scene.scenario.folder / event.file
    if not path.is_file():
        raise NotFound(f"There is no file “{event.file}” beside the scenario.")
    known = {each.code: each.hisp for each in policies.components(component.department)}
    file = read_strategy(
        path.read_bytes(), scene.edition.policy, known, file=event.file, as_component=event.as_component
    )
    if file.component != component.code:
        raise NotNow(
            f"{event.file} is {file.component}'s strategy. Say “as”: “{component.code}” to file it for another."
        )
    drafting.fill(scene.edition, component, file, by=scene.by, at=event.at)


@act.register
def _(event: events.Submit, scene: Scene) -> None:
    strategies.submit(scene.strategy, reason=event.reason, by=scene.by, at=event.at)


@act.register
def _(event: events.Withdraw, scene: Scene) -> None:
    strategies.withdraw(scene.strategy, reason=event.reason, by=scene.by, at=event.at)


@act.register
def _(event: events.Assign, scene: Scene) -> None:
    reviewer = cast.player(event.to, scene.component, on=day_of(event.at))
    reviews.assign(scene.strategy, reviewer, by=scene.by, at=event.at)


@act.register
def _(event: events.Return, scene: Scene) -> None:
    reviews.send_back(scene.strategy, reason=event.reason, by=scene.by, at=event.at)


@act.register
def _(event: events.Recommend, scene: Scene) -> None:
    advice = Outcome.APPROVED if event.recommendation == "approve" else Outcome.RETURNED
    reviews.recommend(scene.strategy, advice, text=event.text, by=scene.by, at=event.at)


@act.register
def _(event: events.Approve, scene: Scene) -> None:
    version = strategies.under_review(scene.strategy)
    reviews.approve(scene.strategy, version_number=version.number, sha256=version.sha256, by=scene.by, at=event.at)


@act.register
def _(event: events.Extend, scene: Scene) -> None:
    clocks.extend(
        scene.clock(event.clock),
        to=event.to,
        reason=event.reason,
        authority=event.authority,
        by=scene.by,
        at=event.at,
    )


@act.register
def _(event: events.Pause, scene: Scene) -> None:
    clocks.pause(scene.clock(event.clock), reason=event.reason, by=scene.by, at=event.at)


@act.register
def _(event: events.Resume, scene: Scene) -> None:
    clocks.resume(scene.clock(event.clock), reason=event.reason, by=scene.by, at=event.at)
