"""What a policy is: principles, clauses, clocks, ladders, sections, deliverables, words."""

from collections.abc import Iterable, Iterator
from datetime import date, time
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field as Limits
from pydantic import Strict

from cxworkflow.calendar import Term
from cxworkflow.errors import NotFound
from cxworkflow.policies.acting import ActionRule, DeliverableRule
from cxworkflow.policies.clauses import Clause
from cxworkflow.policies.ladders import Ladder
from cxworkflow.policies.names import Names
from cxworkflow.policies.notice_kinds import AnyNoticeKind, NoticeKind
from cxworkflow.policies.parts import ClauseId, Part, Prose, RoleName, Slug
from cxworkflow.policies.questions import Choice, Commits, Field, Section

ClockStart = Literal["signed", "submitted", "returned", "approved", "quarter-ended", "committed"]
PaperStop = Literal["submitted", "withdrawn", "returned", "recommended", "approved", "implemented", "all-implemented"]
ClockStop = Literal[PaperStop, "published", "quarter-sent"]


class Principle(Part):
    """A principle that activities and metrics can name."""

    number: Annotated[int, Limits(ge=1, le=99)]
    title: Prose
    clause: ClauseId


class ExtensionLimit(Part):
    """The day no extension passes unless an authority is cited, and the clause that says so."""

    on: date
    clause: ClauseId
    summary: Prose


class ClockRule(Part):
    """How long something may take.

    `holder` says how many there are: `component` one for each obliged Component, `directorate` and `department` one in
    all, `commitment` one for each commitment, due when the commitment says. The day of the event that `starts` the
    clock is day 0 (`quarter-ended`: the last day of each federal fiscal quarter, every quarter anew). It is due so many
    `days` later, or on the fixed day `due_on`, and never past `cap_on`: calendar days in the policy's time zone, unless
    `unit` is `business`; `roll`
    moves a due date on which offices are closed. Any of the events in `stops` stops it, or else the last of its
    deliverables. `set_by` keeps apart what the policy requires and what the Directorate aims at. `asks` says in a
    reminder who has to do what, up to the date; `{component}` in it stands for the Component's code.
    """

    kind: Slug
    title: Prose
    asks: Prose
    clause: ClauseId
    set_by: Literal["policy", "directorate"]
    holder: Literal["directorate", "component", "department", "commitment"]
    starts: ClockStart
    # Which Components have it: all that file, those obliged to, those only invited to, the High Impact Service
    # Providers among the obliged.
    applies: Literal["all", "obliged", "invited", "hisp"] = "all"
    stops: Annotated[tuple[ClockStop, ...], Strict(False)] = ()
    days: Annotated[int, Limits(ge=1, le=3660)] | None = None
    due_on: date | None = None
    cap_on: date | None = None
    unit: Literal["calendar", "business"] = "calendar"
    roll: Literal["none", "next-business-day"] = "none"
    # How many days before its due date a Component that has not done it counts as at risk.
    at_risk_days: Annotated[int, Limits(ge=0, le=3660)] = 30
    ladder: Slug

    def concerns(self, *, obliged: bool, hisp: bool) -> bool:
        """Whether a Component that files, obliged to or only invited to, has this clock."""
        return {"all": True, "obliged": obliged, "invited": not obliged, "hisp": obliged and hisp}[self.applies]

    @property
    def term(self) -> Term:
        """The rule as the calendar counts it."""
        return Term(
            days=self.days,
            fixed_on=self.due_on,
            cap_on=self.cap_on,
            business=self.unit == "business",
            roll=self.roll == "next-business-day",
        )


class Word(Part):
    """A word of the domain and what it means here."""

    word: Prose
    meaning: Prose


Named = TypeVar("Named")


def _one(named: Iterable[tuple[str, Named]], wanted: str, noun: str) -> Named:
    for name, each in named:
        if name == wanted:
            return each
    raise NotFound(f"The policy has no {noun} “{wanted}”.")


class Policy(Part):
    """One mandate, as its file says it. Dates are calendar days in `timezone`; `fires_at` is local time there."""

    id: Slug
    title: Prose
    short_title: Prose
    department: Slug
    issued_by: Prose
    # Whether reminders that fall to one person in one sweep go out as one e-mail.
    bundle_reminders: bool = False
    # What goes out at once whatever its reader prefers, as every reminder of a due date does.
    at_once: Annotated[tuple[AnyNoticeKind, ...], Strict(False)] = ()
    # What a Component files under it, such as "customer experience strategy".
    paper: Prose = "strategy"
    names: Names = Names()
    signed_on: date
    timezone: Literal["America/New_York"]
    fires_at: time
    # The offices' closed days, for clocks that count business days or roll.
    holidays: Literal["us-federal"] | None = None
    extension_limit: ExtensionLimit | None = None
    principles: Annotated[tuple[Principle, ...], Strict(False)] = ()
    clauses: Annotated[tuple[Clause, ...], Strict(False), Limits(min_length=1)]
    clocks: Annotated[tuple[ClockRule, ...], Strict(False), Limits(min_length=1)]
    ladders: dict[Slug, Ladder]
    sections: Annotated[tuple[Section, ...], Strict(False)] = ()
    deliverables: Annotated[tuple[DeliverableRule, ...], Strict(False)] = ()
    actions: Annotated[tuple[ActionRule, ...], Strict(False)] = ()
    notices: dict[NoticeKind, Annotated[tuple[RoleName, ...], Strict(False)]] = Limits(default_factory=dict)
    words: Annotated[tuple[Word, ...], Strict(False)] = ()

    def clause(self, clause: str) -> Clause:
        """The clause of this id; raises NotFound."""
        return _one(((each.id, each) for each in self.clauses), clause, "clause")

    def section(self, clause: str) -> Section:
        """The section that this clause asks for; raises NotFound."""
        return _one(((each.clause, each) for each in self.sections), clause, "section")

    def clock(self, kind: str) -> ClockRule:
        """The rule of this kind of clock; raises NotFound."""
        return _one(((each.kind, each) for each in self.clocks), kind, "clock")

    def ladder(self, name: str) -> Ladder:
        """The ladder of this name; raises NotFound."""
        return _one(self.ladders.items(), name, "ladder")

    def deliverable(self, what: str) -> DeliverableRule:
        """The deliverable of this id; raises NotFound."""
        return _one(((each.id, each) for each in self.deliverables), what, "deliverable")

    def delivered_by(self, whom: Literal["directorate", "component"]) -> tuple[DeliverableRule, ...]:
        """What the Directorate itself delivers, or what each Component does, in the order of the file."""
        return tuple(each for each in self.deliverables if each.by == whom)

    @property
    def commitment_clock(self) -> ClockRule | None:
        """The rule of the small clocks that commitments have, if they have any."""
        return next((each for each in self.clocks if each.holder == "commitment"), None)

    @property
    def committing(self) -> Iterator[tuple[Section, Field, Commits]]:
        """The fields whose rows become commitments, with the sections that they stand in."""
        for section in self.sections:
            for field in section.fields:
                if field.commits is not None:
                    yield section, field, field.commits

    @property
    def closes_on(self) -> date | None:
        """The day on which it is drawn up who has implemented: the Department's own fixed due date."""
        return next((each.due_on for each in self.clocks if "all-implemented" in each.stops and each.due_on), None)

    @property
    def clauses_asked(self) -> frozenset[str]:
        """The clauses that have a section."""
        return frozenset(each.clause for each in self.sections)

    def sections_for(self, *, hisp: bool) -> tuple[Section, ...]:
        """The sections a Component answers, in the order of the policy."""
        return tuple(each for each in self.sections if hisp or each.applies == "all")

    def with_principles_to_choose(self) -> Self:
        """The same policy, with its principles as the choices of every field that asks for some."""
        choices = tuple(Choice(value=str(each.number), label=each.title) for each in self.principles)

        def filled(field: Field) -> Field:
            columns = tuple(filled(column) for column in field.columns)
            offered = choices if field.type == "principles" else field.choices
            return field.model_copy(update={"columns": columns, "choices": offered})

        sections = tuple(
            section.model_copy(update={"fields": tuple(filled(field) for field in section.fields)})
            for section in self.sections
        )
        return self.model_copy(update={"sections": sections})

    def told_of(self, kind: str) -> tuple[str, ...]:
        """The roles that get an e-mail when this happens; none where the file names none."""
        return next((roles for known, roles in self.notices.items() if known == kind), ())

    def lets_wait(self, kind: str) -> bool:
        """Whether an e-mail of this kind may wait for its reader's daily digest."""
        return kind not in self.at_once

    @property
    def signed_component_clocks(self) -> tuple[str, ...]:
        """The kinds of clock that the signature starts for every obliged Component."""
        return tuple(each.kind for each in self.clocks if each.holder == "component" and each.starts == "signed")

    def facts_of(self, rule: ClockRule) -> dict[str, str]:
        """What an e-mail about a clock says of its rule: JSON values."""
        return {
            "policy": self.short_title,
            "clock": rule.kind,
            "clock_title": rule.title,
            "asks": rule.asks,
            "clause": rule.clause,
            "set_by": rule.set_by,
            "holder": rule.holder,
            **self.names.told,
        }
