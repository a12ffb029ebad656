"""The rubric: each reviewer rates, section by section, how far a version does what its clauses ask."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from cxworkflow.db import held, session
from cxworkflow.errors import Fault, InvalidInput, NotFound
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import Audience, Mark, Person, RubricMark, Strategy
from cxworkflow.permissions import Permission, require
from cxworkflow.services import record, strategies
from cxworkflow.services.words import said


def mark(
    strategy: Strategy,
    ratings: Mapping[str, tuple[Mark, str]],
    *,
    version_number: int | None = None,
    by: Person,
    at: datetime,
) -> int:
    """Rate sections of the version under review: a mark and a reason by clause; returns how many changed.

    Raises InvalidInput with every reason that is missing, Conflict if another version than this was read.
    """
    strategy = held(strategy)
    role = require(by, Permission.MARK, strategy, at=at)
    after(strategy.status, Action.MARK)
    version = strategies.as_read(strategy, version_number)
    checked = {clause: (given, said(reason, f"{clause}.reason")) for clause, (given, reason) in ratings.items()}
    if unknown := [clause for clause in checked if clause not in version.content]:
        raise NotFound(f"This version has no section {unknown[0]}.")
    missing = [
        Fault(
            f"{clause}.reason",
            f"Say why {clause} {'only partly meets' if given is Mark.PARTLY else 'does not meet'} it.",
        )
        for clause, (given, reason) in checked.items()
        if given is not Mark.MEETS and not reason
    ]
    if missing:
        raise InvalidInput(None, missing)
    of_mine = select(RubricMark).where(RubricMark.version_id == version.id, RubricMark.by_id == by.id)
    mine = {each.clause: each for each in session().scalars(of_mine)}
    changed = {
        clause: rating
        for clause, rating in checked.items()
        if clause not in mine or (mine[clause].mark, mine[clause].reason) != rating
    }
    if not changed:
        return 0
    details = {
        "version": version.number,
        "rated": ", ".join(changed),
        "marks": {clause: given.value for clause, (given, _) in changed.items()},
        "before": {clause: mine[clause].mark.value for clause in changed if clause in mine},
        "audience": Audience.TEAM.value,
    }
    for clause, (given, reason) in changed.items():
        row = mine.get(clause) or RubricMark(strategy_id=strategy.id, version_id=version.id, clause=clause, by_id=by.id)
        row.mark, row.reason, row.marked_at = given, reason, at
        session().add(row)
    record.write(Action.MARK.value, by=by, as_role=role, at=at, strategy=strategy, version=version, details=details)
    return len(changed)
