"""Every morning: one e-mail to each person about what was said since the last one in a review that concerns them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Select, select, update
from sqlalchemy.orm import joinedload

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.models import Audience, Comment, Person, Reply, Role, Strategy
from cxworkflow.models.people import role_in
from cxworkflow.permissions import Permission, role_for
from cxworkflow.services import notices
from cxworkflow.services.recipients import holders
from cxworkflow.wording import one_line

LONGEST = 400  # characters of each remark in an e-mail; all of it stands on the page
Line = dict[str, str]
Told = tuple[Person, Role, Line]


def owe_all(on: date, at: datetime) -> None:
    """Owe the e-mails of a day: the Component reads what was said to it, an author the answers to their comments.

    Nobody is told of their own words, of what they may not read, or of what was settled meanwhile.
    """
    remarks = [*session().scalars(_comments()), *session().scalars(_replies())]
    remarks.sort(key=lambda each: (each.strategy_id, each.made_at, isinstance(each, Reply), each.id))
    for strategy_id, of_it in groupby(remarks, key=lambda each: each.strategy_id):
        strategy = session().get_one(Strategy, strategy_id)
        _owe(strategy, of_it, on=on, at=at)
    for told in (Comment, Reply):
        of_them = [each.id for each in remarks if isinstance(each, told)]
        session().execute(update(told).where(told.id.in_(of_them)).values(told_at=at))


def _owe(strategy: Strategy, remarks: Iterable[Comment | Reply], *, on: date, at: datetime) -> None:
    lines: dict[tuple[Person, Role], list[Line]] = defaultdict(list)
    for remark in remarks:
        told = _told_of_comment(strategy, remark, at) if isinstance(remark, Comment) else _told(strategy, remark, at)
        for person, role, line in told:
            lines[person, role].append(line)
    policy = strategy.edition.policy
    for (person, role), said in lines.items():
        notices.owe_to_person(
            "remarks",
            person,
            role,
            key=f"{strategy.id}/{on}",
            component=strategy.component,
            strategy=strategy,
            facts={"policy": policy.short_title, "paper": policy.paper, "remarks": said},
            at=at,
        )


def _told_of_comment(strategy: Strategy, remark: Comment, at: datetime) -> Iterator[Told]:
    for person, role in _leads(strategy, at):
        if person.id != remark.by_id:
            yield person, role, _line(remark.clause, remark.kind.value, remark.by, remark.text)


def _told(strategy: Strategy, reply: Reply, at: datetime) -> Iterator[Told]:
    remark, line = reply.comment, _line(reply.comment.clause, "answer", reply.by, reply.text)
    seeing = Permission.SEE_TEAM if remark.audience is Audience.TEAM else Permission.SEE_COMMENTS
    author_as = role_for(remark.by, seeing, strategy, at=at)
    if author_as is not None and remark.by_id != reply.by_id:
        yield remark.by, author_as, line
    if remark.audience is Audience.COMPONENT:
        for person, role in _leads(strategy, at):
            if person.id not in (reply.by_id, remark.by_id):
                yield person, role, line


def _leads(strategy: Strategy, at: datetime) -> list[tuple[Person, Role]]:
    of = strategy.component
    found = holders([Role.LEAD.value], department=of.department, component_id=of.id, on=day_of(at))
    return [(session().get_one(Person, each.person_id), role_in(each.held_role)) for each in found]


def _line(clause: str, kind: str, by: Person, text: str) -> Line:
    return {"clause": clause, "kind": kind, "by": by.name, "text": one_line(text, LONGEST)}


def _comments() -> Select[tuple[Comment]]:
    to_the_component = Comment.audience == Audience.COMPONENT
    untold = select(Comment).where(Comment.told_at.is_(None), to_the_component, Comment.settled_at.is_(None))
    return untold.options(joinedload(Comment.by))


def _replies() -> Select[tuple[Reply]]:
    untold = select(Reply).where(Reply.told_at.is_(None))
    return untold.options(joinedload(Reply.by), joinedload(Reply.comment).joinedload(Comment.by))
