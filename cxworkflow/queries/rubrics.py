"""How the reviewers rate a version, clause by clause."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cxworkflow.db import session
from cxworkflow.models import Mark, Person, RubricMark, Strategy
from cxworkflow.permissions import Permission, may
from cxworkflow.queries.names import with_person

STRICTEST = (Mark.NOT, Mark.PARTLY, Mark.MEETS)


@dataclass(frozen=True)
class Rubric:
    """The marks of all reviewers on one version; `clauses` are those that were to be rated."""

    clauses: tuple[str, ...]
    marks: Sequence[RubricMark]

    @property
    def reviewers(self) -> list[Person]:
        """Who has rated something, in the order in which they began."""
        return list({each.by_id: each.by for each in self.marks}.values())

    def on(self, clause: str) -> list[RubricMark]:
        """Every reviewer's mark on one clause."""
        return [each for each in self.marks if each.clause == clause]

    def of(self, person: Person, clause: str) -> RubricMark | None:
        """One reviewer's mark on one clause."""
        return next((each for each in self.on(clause) if each.by_id == person.id), None)

    def rated_by(self, person: Person) -> int:
        """How many clauses a reviewer has rated."""
        return sum(each.by_id == person.id for each in self.marks)

    def strictest(self, clause: str) -> Mark | None:
        """The lowest mark that any reviewer gave; None where nobody has rated the clause."""
        given = {each.mark for each in self.on(clause)}
        return next((mark for mark in STRICTEST if mark in given), None)

    @property
    def summary(self) -> dict[Mark | None, int]:
        """How many clauses got each mark, by the strictest reviewer; None: not rated."""
        counted = Counter(self.strictest(clause) for clause in self.clauses)
        return {mark: counted[mark] for mark in (*reversed(STRICTEST), None)}


def rubric(person: Person, strategy: Strategy, *, at: datetime) -> Rubric:
    """The rubric of the current version as far as a person may see it: it stays within the review team."""
    version = strategy.current_version
    asked = version.asked if version else ()
    sees = may(person, Permission.SEE_TEAM, strategy, at=at)
    marks = select(RubricMark).where(RubricMark.version_id == strategy.current_version_id)
    found = session().scalars(marks.options(with_person(RubricMark.by)).order_by(RubricMark.id)).all() if sees else ()
    return Rubric(tuple(section.clause for section in asked), found)
