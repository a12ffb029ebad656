"""Writing a draft: sections saved without overwriting anyone, filled from a file."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from cxworkflow.db import held, rows, session
from cxworkflow.errors import Conflict, InvalidInput, NotFound
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import (
    Answer,
    AnswerRevision,
    Component,
    Person,
    PolicyEdition,
    Role,
    Strategy,
)
from cxworkflow.permissions import Permission, require, role_for
from cxworkflow.policies import Section
from cxworkflow.policies.answers import StrategyFile, check_section, check_title, name_rows
from cxworkflow.services import record, strategies

# What one person saves live within this time of their last saved state is one act in the record.
SITTING = timedelta(minutes=10)
_ANSWER = (
    select(Answer)
    .where(Answer.strategy_id == bindparam("strategy"), Answer.clause == bindparam("clause"))
    .execution_options(populate_existing=True)
)
_ANSWERS, _STATES = cast("Table", Answer.__table__), cast("Table", AnswerRevision.__table__)
_STATE = ("content", "row_names", "revision", "saved_at", "by_id")


def _and_keep(change: Any) -> Any:
    """A change to a section, its state among those that are kept, and the number of the next line of the record."""
    columns = _ANSWERS.c
    now = {columns[name]: bindparam(f"now_{name}", type_=columns[name].type) for name in (*_STATE, "page_key")}
    kept = ("strategy_id", "clause", *_STATE)
    saved = change.values(now).returning(*(columns[name] for name in kept)).cte("saved")
    return insert(_STATES).from_select(list(kept), select(*(saved.c[name] for name in kept))).returning(record.NEXT_ID)


_BEGUN = _and_keep(insert(_ANSWERS).values(strategy_id=bindparam("of"), clause=bindparam("under")))
_CHANGED = _and_keep(update(_ANSWERS).where(_ANSWERS.c.id == bindparam("which")))


class SectionChanged(Conflict):
    """Somebody saved this section while you were writing. Nothing was overwritten: compare the two texts."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def save_section(
    strategy: Strategy,
    clause: str,
    content: dict[str, Any],
    *,
    base_revision: int,
    row_names: Mapping[str, Sequence[str]] | None = None,
    page_key: str = "",
    live: bool = False,
    by: Person,
    at: datetime,
) -> Answer:
    """Save one section's draft, if nobody has saved it since `base_revision` (0: not yet begun).

    `row_names` are the names with which rows came back from a form, by field ("" for a new row).
    `page_key` names the open page that saves: what it saved itself since then does not stand in its way. `live` says
    that the page saved by itself; every such state is kept, and the record has one line for each sitting.
    Saving the same content again changes nothing. Raises SectionChanged, InvalidInput (types only: a
    draft may be incomplete), NotAllowed, NotNow.
    """
    strategy = held(strategy)
    role = require(by, Permission.EDIT, strategy, at=at, clause=clause)
    after(strategy.status, Action.EDIT)
    return _save(
        strategy,
        clause,
        content,
        base_revision=base_revision,
        row_names=row_names or {},
        page_key=page_key,
        live=live,
        as_role=role,
        by=by,
        at=at,
    )


def _save(
    strategy: Strategy,
    clause: str,
    content: dict[str, Any],
    *,
    base_revision: int | None,
    row_names: Mapping[str, Sequence[str]],
    page_key: str = "",
    live: bool = False,
    as_role: Role,
    by: Person,
    at: datetime,
) -> Answer:
    section = asked(strategy, clause)
    content, faults = check_section(section, content, at_key=clause)
    if faults:
        raise InvalidInput(None, faults)
    answer = session().scalar(_ANSWER, {"strategy": strategy.id, "clause": clause})
    if answer is not None and answer.content == content:
        return answer
    own = answer is not None and answer.page_key == page_key != ""
    if base_revision is not None and base_revision != (answer.revision if answer else 0) and not own:
        if answer is None:
            raise Conflict("This section has not been begun, so there is no earlier text of it. Open it again.")
        raise SectionChanged(answer)
    sitting = live and answer is not None and answer.by_id == by.id and at - answer.saved_at < SITTING
    revision = answer.revision + 1 if answer else 1
    names = name_rows(
        section,
        content,
        row_names,
        before=answer.content if answer else {},
        names_before=answer.row_names if answer else {},
        state=revision,
    )
    now = {"content": content, "row_names": names, "revision": revision, "saved_at": at, "by_id": by.id}
    answer = _kept(answer, strategy, clause, {**now, "page_key": page_key})
    if not sitting:
        details = {"clause": clause, "revision": revision}
        record.write("saved", by=by, as_role=as_role, at=at, strategy=strategy, details=details)
    return answer


def _kept(answer: Answer | None, strategy: Strategy, clause: str, now: dict[str, Any]) -> Answer:
    """The section as it stands now, and this state among those that are kept for good: one statement."""
    which = {"of": strategy.id, "under": clause} if answer is None else {"which": answer.id}
    told = {f"now_{name}": value for name, value in now.items()}
    (number,) = rows(_BEGUN if answer is None else _CHANGED, **which, **told)[0]
    record.take_number(number)
    if answer is None:
        return session().scalars(_ANSWER, {"strategy": strategy.id, "clause": clause}).one()
    for name, value in now.items():
        set_committed_value(answer, name, value)
    session().expire(answer, ["by"])
    return answer


def restore(strategy: Strategy, clause: str, revision: int, *, base_revision: int, by: Person, at: datetime) -> Answer:
    """Save a section as it stood in an earlier state, as far as it is asked still, as a new one.

    Raises as `save_section` does, and NotFound.
    """
    kept = session().scalar(
        select(AnswerRevision).where(
            AnswerRevision.strategy_id == strategy.id,
            AnswerRevision.clause == clause,
            AnswerRevision.revision == revision,
        )
    )
    if kept is None:
        raise NotFound("This section has no such saved state.")
    fitting, _ = check_section(asked(strategy, clause), kept.content, at_key=clause)
    return save_section(strategy, clause, fitting, base_revision=base_revision, row_names=kept.row_names, by=by, at=at)


def rename(strategy: Strategy, title: str, *, base_revision: int, by: Person, at: datetime) -> None:
    """Give the strategy another title."""
    strategy = held(strategy)
    role = require(by, Permission.DRAFT, strategy, at=at)
    after(strategy.status, Action.EDIT)
    title, faults = check_title(title)
    if faults:
        raise InvalidInput(None, faults)
    if title == strategy.title:
        return
    if base_revision != strategy.title_revision:
        raise Conflict(f"Somebody changed the title meanwhile: it is now “{strategy.title}”. Nothing was overwritten.")
    _rename(strategy, title, as_role=role, by=by, at=at)


def _rename(strategy: Strategy, title: str, *, as_role: Role, by: Person, at: datetime) -> None:
    details = {"from": strategy.title, "to": title}
    strategy.title = title
    strategy.title_revision += 1
    record.write("renamed", by=by, as_role=as_role, at=at, strategy=strategy, details=details)


def fill(edition: PolicyEdition, component: Component, file: StrategyFile, *, by: Person, at: datetime) -> bool:
    """Take a whole strategy from a checked file into the draft; False if it said what is there already.

    What a section held before stays among its saved states. Raises NotAllowed, NotNow.
    """
    strategy = held(strategies.begin(edition, component, by=by, at=at))
    role = role_for(by, Permission.DRAFT, component, at=at)
    assert role is not None, "who may not is refused where it begins"
    if strategy.title == file.title and strategy.contents == file.answers:
        return False
    after(strategy.status, Action.EDIT)
    if strategy.title != file.title:
        _rename(strategy, file.title, as_role=role, by=by, at=at)
    for clause, content in file.answers.items():
        _save(strategy, clause, content, base_revision=None, row_names={}, as_role=role, by=by, at=at)
    session().expire(strategy, ["answers"])
    return True


def asked(strategy: Strategy, clause: str) -> Section:
    """The section of this clause, if its Component is asked for it; raises NotFound."""
    for section in strategy.edition.policy.sections_for(hisp=strategy.component.hisp):
        if section.clause == clause:
            return section
    raise NotFound(f"{clause} is not a section that {strategy.component.code} is asked for.")
