"""The demo's opening: a small cast, and what its people have done by December 11, 2023, through the real verbs."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import update

from config.settings import FOLDER
from cxworkflow.calendar import EASTERN
from cxworkflow.db import session
from cxworkflow.demo import directorates, quarters, reviewed
from cxworkflow.demo.reviewed import on
from cxworkflow.models import Component, Notice, Outcome, Person, PolicyEdition, Role, Strategy
from cxworkflow.models.notice import NoticeState
from cxworkflow.policies.answers import read_strategy
from cxworkflow.services import comments, deliverables, drafting, people, policies, remarks, reviews, strategies

OPENS_AT = datetime(2023, 12, 11, 9, 0, tzinfo=EASTERN)
SAMPLES = FOLDER / "demo"
POLICY = "dhs-076-02"
BEFORE_OPENING = "This happened before the demo opened, so no e-mail went out."

DEPARTMENT = (
    (Role.CIO, "Ellen Prescott"),
    (Role.DIRECTORATE_LEAD, "Marcus Oyelaran"),
    (Role.REVIEWER, "Dana Whitfield"),
    (Role.REVIEWER, "Priya Raman"),
    (Role.AUDITOR, "Thomas Eckhart"),
    (Role.ADMINISTRATOR, "Lucia Ferreira"),
)
COMPONENTS = {
    "CBP": ("Rosa Delgado", "James Whitaker", "Ben Nakamura"),
    "CISA": ("Hannah Lindqvist", "Omar Farouk", None),
    "CWMD": ("Peter Novak", "Grace Adeyemi", None),
    "FEMA": ("Walter Greene", "Sofia Marchetti", None),
    "FLETC": ("Alice Tremblay", "Robert Castellanos", None),
    "I&A": ("Karen Stone", "David Imani", None),
    "ICE": ("Victor Salas", "Monica Byrne", None),
    "OCIO": ("Yusuf Demir", "Catherine Boyle", None),
    "OHS": ("Miriam Katz", "Samuel Okafor", None),
    "OSA": ("Joan Petrov", "Luis Arroyo", None),
    "S&T": ("Nina Bergstrom", "Paul Hashimoto", None),
    "TSA": ("Angela Rossi", "Kevin Mbeki", "Tara Singh"),
    "USCG": ("Neil Mackenzie", "Laura Hoffman", None),
    "USCIS": ("Beatriz Campos", "Henry Osei", None),
    "USSS": ("George Lambert", "Ruth Feldman", None),
}


def set_up(edition: PolicyEdition) -> None:
    """Appoint the cast and play what went before: of 076-02, which comes first, and of the quarters of HISPs."""
    if edition.code == quarters.POLICY:
        quarters.reported(by=_of)
        _close_what_is_owed()
    if edition.code != POLICY:
        return
    _appoint()
    cio, lead = _of(Role.CIO), _of(Role.DIRECTORATE_LEAD)
    reviewer, second = (people.person_of(_address(name)) for role, name in DEPARTMENT if role is Role.REVIEWER)
    deliverables.deliver(edition, "cx-directorate", by=cio, at=on(9, 12, 10))
    directorates.guided(edition, lead=lead, cisa=_of(Role.LEAD, policies.component_of("CISA")))
    directorates.coordinated(
        edition, lead=lead, leads={code: _of(Role.LEAD, policies.component_of(code)) for code in ("CISA", "TSA")}
    )
    fletc = _submitted(edition, "FLETC", drafted_at=on(11, 13, 9), submitted_at=on(11, 17, 15))
    component = fletc.component
    reviewed.returned_and_revised(
        fletc,
        by=_of(Role.LEAD, component),
        executive=_of(Role.EXECUTIVE, component),
        lead=lead,
        reviewer=second,
    )
    uscis = _submitted(edition, "USCIS", drafted_at=on(11, 20, 9), submitted_at=on(11, 29, 14))
    reviews.assign(uscis, reviewer, by=lead, at=on(11, 30, 9))
    comments.comment(
        uscis, "IV.c.3", "Good: both figures say what applicants would notice.", by=reviewer, at=on(12, 5, 15)
    )
    reviewed.rated(uscis, but={"IV.c.7": "The contract ends before the work does."}, by=reviewer, at=on(12, 6, 10))
    advice = "Complete, and every metric has a baseline."
    reviews.recommend(uscis, Outcome.APPROVED, text=advice, by=lead, at=on(12, 8, 10))
    uscg = _submitted(edition, "USCG", drafted_at=on(11, 27, 9), submitted_at=on(12, 4, 11))
    reviews.assign(uscg, reviewer, by=lead, at=on(12, 5, 9))
    reviewed.asked_of_uscg(uscg, by=reviewer, at=on(12, 7, 13))
    _begun(edition, "CBP", at=on(12, 6, 10))
    remarks.owe_all(OPENS_AT.date(), OPENS_AT)
    _close_what_is_owed()


def _close_what_is_owed() -> None:
    session().execute(
        update(Notice)
        .where(Notice.state == NoticeState.OWED)
        .values(state=NoticeState.SUPERSEDED, closed_reason=BEFORE_OPENING)
    )


def _appoint() -> None:
    at = on(7, 13, 9)
    for role, name in DEPARTMENT:
        people.appoint(people.add(name, _address(name), at=at), role, None, from_on=at.date(), at=at)
    covering = policies.covering(policies.edition_of(POLICY).policy.department)
    for code, names in COMPONENTS.items():
        component = policies.component_of(code)
        lead = Role.HQ_LEAD if code in covering else Role.LEAD
        for role, who in zip((lead, Role.EXECUTIVE, Role.CONTRIBUTOR), names, strict=True):
            if who:
                people.appoint(people.add(who, _address(who), at=at), role, component, from_on=at.date(), at=at)


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@dhs.example"


def _of(role: Role, component: Component | None = None) -> Person:
    return people.holder(role, component, on=OPENS_AT.date())


def _submitted(edition: PolicyEdition, code: str, *, drafted_at: datetime, submitted_at: datetime) -> Strategy:
    component = policies.component_of(code)
    known = {each.code: each.hisp for each in policies.components(component.department)}
    path = SAMPLES / f"{code.lower()}.json"
    file = read_strategy(path.read_bytes(), edition.policy, known, file=path.name)
    drafting.fill(edition, component, file, by=_of(Role.LEAD, component), at=drafted_at)
    strategy = strategies.find(edition, component)
    assert strategy is not None
    strategies.submit(strategy, by=_of(Role.EXECUTIVE, component), at=submitted_at)
    return strategy


def _begun(edition: PolicyEdition, code: str, *, at: datetime) -> None:
    """A draft that is nearly there: one metric lacks its baseline, one section is not written."""
    component = policies.component_of(code)
    by = _of(Role.LEAD, component)
    told: dict[str, Any] = json.loads((SAMPLES / f"{code.lower()}-begun.json").read_text(encoding="utf-8"))
    strategy = strategies.begin(edition, component, by=by, at=at)
    drafting.rename(strategy, told["title"], base_revision=strategy.title_revision, by=by, at=at)
    for clause, content in told["answers"].items():
        drafting.save_section(strategy, clause, content, base_revision=0, by=by, at=at)
