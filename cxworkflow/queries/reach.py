"""Which strategies and comments a person may know of, as conditions on rows: the table of permissions, for lists.

Row-level security asks the same of each row, but lets everybody see again what they wrote; pages do not.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from cxworkflow.calendar import day_of
from cxworkflow.models import AnswerRevision, Audience, Comment, Component, Person, Recusal, Strategy, Version
from cxworkflow.permissions.reach import COVERS, scope_of
from cxworkflow.scope import SETTINGS


@dataclass(frozen=True)
class Reach:
    """How far one person's permissions reach at one moment."""

    person: Person
    at: datetime
    words: dict[str, frozenset[str]]

    @classmethod
    def of(cls, person: Person, *, at: datetime) -> "Reach":
        """The reach of a person."""
        declared = scope_of(person, at=at).settings
        return cls(person, at, {name: frozenset(declared.get(name, "").split(",")) for name in SETTINGS})

    def drafts(self) -> ColumnElement[bool]:
        """The strategies whose draft they may read."""
        return true() if "always" in self.words["see_draft"] else self._own("see_draft")

    def submitted(self) -> ColumnElement[bool]:
        """The strategies whose versions they may read."""
        sees = self.words["see_submitted"] & {"always", "once_submitted"}
        return and_(Strategy.current_version_id.is_not(None), true() if sees else self._own("see_submitted"))

    def said(self) -> ColumnElement[bool]:
        """The comments they may read, of all strategies."""
        return or_(self._among_the_team(), and_(Comment.audience == Audience.COMPONENT, self._heard()))

    def _heard(self) -> ColumnElement[bool]:
        words = self.words["see_comments"]
        if "always" in words:
            return true()
        in_review = self._in_its_review() if "still_in_its_review" in words else false()
        return or_(self._own("see_comments"), in_review)

    def _among_the_team(self) -> ColumnElement[bool]:
        if "not_their_own_paper" not in self.words["see_team"]:
            return false()
        on, person = day_of(self.at), self.person
        held = [each.component_id for each in person.appointments if each.component_id and each.in_force(on)]
        return and_(
            self._in_its_review(),
            Strategy.component_id.not_in(held),
            ~exists().where(AnswerRevision.strategy_id == Strategy.id, AnswerRevision.by_id == person.id),
            ~exists().where(Version.strategy_id == Strategy.id, Version.by_id == person.id),
        )

    def _in_its_review(self) -> ColumnElement[bool]:
        return ~exists().where(Recusal.strategy_id == Strategy.id, Recusal.person_id == self.person.id)

    def _own(self, permission: str) -> ColumnElement[bool]:
        words = self.words[permission]
        own = Strategy.component_id.in_([int(word) for word in words if word.isdecimal()])
        covering = [int(word.removeprefix(COVERS)) for word in words if word.startswith(COVERS)]
        if not covering:
            return own
        filing = aliased(Component)
        for_it = and_(filing.department == Component.department, filing.code == Component.covered_by)
        covered = select(Component.id).join(filing, for_it).where(filing.id.in_(covering))
        return or_(own, Strategy.component_id.in_(covered))
