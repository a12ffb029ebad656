"""A clause of a policy: who it binds, what it asks, and where the product keeps it."""

from typing import Annotated

from pydantic import Strict

from cxworkflow.policies.notice_kinds import NoticeKind
from cxworkflow.policies.pages import PageName
from cxworkflow.policies.parts import ClauseId, Part, Prose


class Clause(Part):
    """One clause: who it binds, what it asks in plain words, and where the product keeps it.

    Clocks, sections, deliverables, actions, principles and the limit of extensions name the clause that they keep
    themselves. What else keeps it stands here: `pages` of the product, the `notices` that tell of it, and the other
    clauses `through` whose homes it is kept.
    """

    id: ClauseId
    who: Prose
    title: Prose
    summary: Prose
    lives_in: Prose
    pages: Annotated[tuple[PageName, ...], Strict(False)] = ()
    notices: Annotated[tuple[NoticeKind, ...], Strict(False)] = ()
    through: Annotated[tuple[ClauseId, ...], Strict(False)] = ()
