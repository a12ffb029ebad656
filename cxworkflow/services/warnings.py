"""Warnings of the day: roles that nobody holds, and clocks that stand still past the policy's last day."""

from datetime import date, datetime, timedelta

from sqlalchemy import select, text

from cxworkflow.db import session
from cxworkflow.models import Clock, PolicyEdition, Role
from cxworkflow.services import notices

TWO_WEEKS = timedelta(days=14)

# Components with running clocks and, for each, the roles that ladders tell and nobody holds.
_VACANT = text(
    """
    select component.id, component.department, component.code, component.name, wanted.role, wanted.titles
      from component
      cross join (values ('lead', array['lead', 'ocio-hq-lead']), ('executive', array['executive']))
           as wanted(role, titles)
     where exists (select from clock where clock.component_id = component.id and clock.stopped_on is null)
       and not exists (
           select from appointment
             join person on person.id = appointment.person_id and person.deactivated_at is null
            where appointment.component_id = component.id and appointment.role = any(wanted.titles)
              and appointment.from_on <= :on_day and (appointment.until_on is null or appointment.until_on > :on_day))
       and not exists (
           select from notice
            where notice.kind = 'vacancy' and notice.component_id = component.id
              and notice.facts ->> 'vacant_role' = wanted.role and notice.owed_on > cast(:told_since as date))
     order by component.code, wanted.role
    """
)


def owe_all(on: date, at: datetime) -> None:
    """Owe the warnings of a day; each is owed once a month for as long as it is so, and not twice in two weeks."""
    _vacancies(on, at)
    _standstills(on, at)


def _vacancies(on: date, at: datetime) -> None:
    for row in session().execute(_VACANT, {"on_day": on, "told_since": on - TWO_WEEKS}):
        notices.owe_to_roles(
            "vacancy",
            (Role.ADMINISTRATOR.value,),
            key=f"{row.role}/{row.id}/{on:%Y-%m}",
            department=row.department,
            component_id=row.id,
            facts={
                "policy": "the people of CX Workflow",
                "component": row.code,
                "component_name": row.name,
                "vacant_role": row.role,
                "vacant_title": Role(row.role).title,
            },
            at=at,
        )


def _standstills(on: date, at: datetime) -> None:
    """A pause must not outlive the policy's last day unseen: while it lasts, no reminder goes out."""
    for edition in session().scalars(select(PolicyEdition).order_by(PolicyEdition.id)):
        limit = edition.policy.extension_limit
        if limit is None or on < limit.on:
            continue
        paused = select(Clock).where(
            Clock.edition_id == edition.id, Clock.paused_on.is_not(None), Clock.stopped_on.is_(None)
        )
        for clock in session().scalars(paused.order_by(Clock.id)):
            since = max(limit.on, clock.paused_on or limit.on)
            facts = edition.policy.facts_of(edition.policy.clock(clock.kind))
            notices.owe_to_roles(
                "standstill",
                (Role.CIO.value, Role.DIRECTORATE_LEAD.value),
                key=f"{clock.id}/{since}/{(on - since).days // 28}",
                department=edition.policy.department,
                component_id=clock.component_id,
                clock_id=clock.id,
                facts={
                    **facts,
                    "component": clock.component.code if clock.component else None,
                    "component_name": clock.component.name if clock.component else None,
                    "due_on": clock.due_on.isoformat(),
                    "paused_on": clock.paused_on.isoformat() if clock.paused_on else None,
                    "limit_on": limit.on.isoformat(),
                    "limit_clause": limit.clause,
                },
                at=at,
            )
