"""A department of any size, made by the database itself: running clocks, the people they concern, past reminders.

Every day has the same number of due dates, so on every measured day exactly as many rungs come up, whatever the size.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import NullPool, create_engine, text

from config.settings import POLICIES
from cxworkflow.calendar import moment
from cxworkflow.db import db, session
from cxworkflow.ladder import FIRES_AT
from cxworkflow.models import PolicyEdition
from cxworkflow.policies import Policy, read_policy
from cxworkflow.policies.ladders import Ladder
from cxworkflow.services import reminders

DUE = 1_000  # rungs a day, if nothing else is said
LADDER = "required"
KINDS = ("strategy", "implementation")
YESTERDAY = date(2030, 5, 31)  # what came before the first measured day
MOST_DAYS = 13  # after that, the oldest clocks of the population reach a repeated rung and there are more


@dataclass(frozen=True)
class Population:
    """What was made; `day(n)` is the n-th day to measure, counted from 1."""

    clocks: int

    def day(self, number: int) -> date:
        """A day on which that many rungs come up."""
        if not 1 <= number <= MOST_DAYS:
            raise ValueError(f"Day {number} is not one of the {MOST_DAYS} that can be measured.")
        return YESTERDAY + timedelta(days=number)


def policy() -> Policy:
    """The real policy with its real rungs, each told to one person, so that one rung is one row."""
    real = read_policy(POLICIES / "dhs-076-02.toml")
    ladder = real.ladder(LADDER)
    alone: Ladder = ladder.model_copy(update={"to": ladder.to[:1]})
    return real.model_copy(update={"ladders": {**real.ladders, LADDER: alone}})


def populate(clocks: int, *, due: int = DUE) -> Population:
    """Fill an empty, migrated database, with `due` rungs a day, and owe, as sent, every reminder up to `YESTERDAY`."""
    measured = policy()
    session().add(
        PolicyEdition(
            code=measured.id,
            title=measured.title,
            signed_on=measured.signed_on,
            content=measured.model_dump(mode="json"),
            sha256="0" * 64,
            loaded_at=moment(measured.signed_on),
        )
    )
    session().flush()
    rungs = measured.ladder(LADDER).rungs
    values = {
        "clocks": clocks,
        "components": clocks // len(KINDS),
        "kinds": list(KINDS),
        "per_day": due // len(rungs),
        "first_due_on": YESTERDAY - timedelta(days=max(rungs)),
        "signed_on": measured.signed_on,
    }
    for statement in _FILL:
        session().execute(text(statement), values)
    session().commit()
    _vacuumed()
    _catch_up()
    return Population(clocks)


# A lead for every Component, and the few people of the Department itself.
_FILL = (
    (
        "insert into component (department, code, name, kind, hisp, files, from_on) "
        "select 'dhs', 'C' || n, 'Component ' || n, 'operational', false, 'self', :signed_on "
        "from generate_series(1, :components) as n"
    ),
    (
        "insert into person (name, email, departments) "
        "select 'Lead of Component ' || n, 'lead.' || n || '@agency.example', '{dhs}' "
        "from generate_series(1, :components) as n"
    ),
    (
        "insert into appointment (person_id, role, component_id, from_on) "
        "select person.id, 'lead', component.id, :signed_on from component "
        "join person on person.email = 'lead.' || substr(component.code, 2) || '@agency.example'"
    ),
    (
        "insert into person (name, email, departments) select role, role || '@agency.example', '{dhs}' "
        "from unnest(array['cio', 'directorate-lead', 'administrator']) as role"
    ),
    (
        "insert into appointment (person_id, role, from_on) select id, name, :signed_on from person "
        "where name in ('cio', 'directorate-lead', 'administrator')"
    ),
    (
        "insert into clock (edition_id, kind, component_id, cycle, started_on, original_due_on, due_on, due_set_on, "
        "revision, swept_revision) "
        "select edition.id, (cast(:kinds as text[]))[1 + n % cardinality(cast(:kinds as text[]))], component.id, '', "
        ":signed_on, made.due_on, made.due_on, :signed_on, 1, 1 "
        "from generate_series(0, cast(:clocks as int) - 1) as n "
        "cross join lateral (select cast(:first_due_on as date) + n / cast(:per_day as int) as due_on) as made "
        "join component on component.code = 'C' || 1 + n / cardinality(cast(:kinds as text[])) "
        "cross join policy_edition as edition order by n"
    ),
)


def as_swept_lately() -> None:
    """As if there had been a sweep a minute ago: filling a database takes longer than the sweep's patience."""
    session().execute(text("update sweep_run set swept_at = clock_timestamp()"))
    session().commit()


def _catch_up() -> None:
    """The sweeps of the past, in one; what they owed counts as sent, so that only the measured days are left."""
    reminders.sweep(at=moment(YESTERDAY, FIRES_AT.hour, FIRES_AT.minute), thorough=True)
    session().execute(text("update notice set state = 'sent', sent_at = owed_at where state = 'owed'"))
    session().commit()
    session().remove()
    _vacuumed()


def _vacuumed() -> None:
    """As autovacuum does in time; only the owner may, and the application only gets a warning."""
    owner = create_engine(db.engine.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with owner.connect() as connection:
        connection.execute(text("vacuum analyze"))
