"""The Department's report to the Secretary: who is on time, late and why, what it takes, and what is aimed at.

It is made in one pass over the Components, so that its files take the same memory for ten as for ten thousand: CSV,
JSON and Excel list every Component, and the page, the PDF and Word sum up and name those that are late.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cxworkflow.calendar import day_of
from cxworkflow.documents.department_sums import Counted, counted_in
from cxworkflow.documents.department_words import punctuality
from cxworkflow.papers import Block, Cell, Document, Part, Table, cell, table, text
from cxworkflow.papers.metrics import NEEDED
from cxworkflow.policies import Policy
from cxworkflow.policies.answers import as_read
from cxworkflow.queries.commitments_then import Kept
from cxworkflow.queries.department_report import Standing
from cxworkflow.wording import long_date

MOST_NAMED = 100  # Components that are late, on the page and in the PDF
NOTES = (
    "Counted at the end of the day, Eastern time, as things stood then.",
    "What a Component plans is counted from its approved version, or else from the one it submitted last.",
)
STATES = ("Not begun", "Begun", "Submitted", "Approved", "Implemented")
LATE = (("component", "Component", "line"), ("days", "Days late", "integer"), ("why", "Why", "text"))
KEPT = (("accepted", "Done"), ("reported", "Waits for a check"), ("open", "Open"))
COLUMNS = (
    ("component", "Component", "line"),
    ("name", "Name", "line"),
    ("state", "Strategy", "line"),
    ("strategy_due", "Strategy due", "date"),
    ("submitted", "Submitted", "date"),
    ("approved", "Approved", "date"),
    ("implementation_due", "Implementation due", "date"),
    ("implemented", "Implemented", "date"),
    ("days_late", "Days late", "integer"),
    ("why", "Why", "text"),
)


@dataclass
class Report:
    """The report at the end of a day: what was counted, in one pass over the Components."""

    policy: Policy
    on: date
    states: Counter[str] = field(default_factory=Counter)
    late: list[Standing] = field(default_factory=list)
    late_count: int = 0
    overdue_count: int = 0
    components: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    sums: dict[str, Decimal] = field(default_factory=dict)
    metrics: Counter[str] = field(default_factory=Counter)
    commitments: Mapping[str, Kept] = field(default_factory=dict)

    def passing(self, standings: Iterable[Standing]) -> Iterator[Standing]:
        """The same Components, each counted on its way."""
        counted = counted_in(self.policy)
        for standing in standings:
            self.components += 1
            self.states[standing.state] += 1
            if standing.days_late:
                self._note_late(standing)
            for each in counted:
                self.sums[each.key] = self.sums.get(each.key, Decimal(0)) + each.of(standing.content)
            self._note_metrics(standing.content)
            yield standing

    def count(self, standings: Iterable[Standing]) -> "Report":
        """Count all of them."""
        for _ in self.passing(standings):
            pass
        return self

    def _note_late(self, standing: Standing) -> None:
        self.late_count += 1
        self.overdue_count += standing.why.startswith("Not ")
        if len(self.late) < MOST_NAMED:
            self.late.append(standing)

    def _note_metrics(self, content: dict[str, Any]) -> None:
        for section in self.policy.sections:
            for asked in section.fields:
                if {column.key for column in asked.columns} >= NEEDED:
                    for row in (content.get(section.clause) or {}).get(asked.key) or []:
                        self.metrics["all"] += 1
                        self.metrics[row.get("kind") or "other"] += 1
                        due = row.get("by")
                        self.metrics["due"] += bool(due and date.fromisoformat(due) <= self.on)

    def _say(self, ours: str) -> str:
        return self.policy.names.in_words(ours)

    @property
    def document(self) -> Document:
        """The report, no longer for ten thousand Components than for a hundred."""
        return {
            "title": f"Report on {self.policy.short_title}",
            "subtitle": f"As of {long_date(self.on)}",
            "about": f"{self.policy.short_title}, {self.policy.title}",
            "code": self.policy.department.upper(),
            "owner": self._say("CX Directorate"),
            "facts": [{"label": "To", "words": "The Secretary"}],
            "parts": [self._standing(), self._late(), self._means(), self._kept(), self._aims()],
            "notes": [self._say(each) for each in NOTES],
        }

    def _standing(self) -> Part:
        rows = [[cell(state), cell(f"{self.states[state]:,}", self.states[state])] for state in STATES]
        columns = (("state", self._say("Strategy"), "line"), ("components", self._say("Components"), "integer"))
        return {
            "key": "",
            "title": "Who is on time",
            "lead": "",
            "blocks": [
                text("", self._say(punctuality(self.components, self.late_count, self.overdue_count))),
                table(self._say("Components by how far their strategy is"), columns, rows),
            ],
        }

    def _late(self) -> Part:
        rows = [
            [cell(f"{each.name} ({each.code})"), cell(f"{each.days_late:,}", each.days_late), cell(each.why)]
            for each in self.late
        ]
        columns = [(key, self._say(label), kind) for key, label, kind in LATE]
        more = self.late_count - len(self.late)
        totals = [f"{more:,} more are listed in the files for Excel and programs."] if more else []
        return {
            "key": "",
            "title": "Who is late, and why",
            "lead": "",
            "blocks": [table(self._say("Components that are or were late"), columns, rows, totals=totals)],
        }

    def _means(self) -> Part:
        rows = [
            [cell(f"{each.clause} {each.label}"), cell(*_said(each, self.sums.get(each.key, Decimal(0))))]
            for each in counted_in(self.policy)
        ]
        columns = (("what", "What", "line"), ("sum", "In all", "number"))
        return {
            "key": "",
            "title": "People, funds, hires and contracts",
            "lead": "",
            "blocks": [table(self._say("Over all strategies"), columns, rows)],
        }

    def _kept(self) -> Part:
        """What approved strategies committed their Components to, and what became of it by then."""
        nouns = {commits.kind: commits.noun for _, _, commits in self.policy.committing}
        rows = []
        for kind, noun in nouns.items():
            of_kind = self.commitments.get(kind, Kept())
            states = [of_kind.states[state] for state, _ in KEPT]
            counts = [sum(states), *states, of_kind.overdue]
            rows.append([cell(noun), *(cell(f"{count:,}", count) for count in counts)])
        counted = (("all", "In all"), *KEPT, ("overdue", "Of those open, overdue"))
        columns = (("kind", "Kind", "line"), *((key, label, "integer") for key, label in counted))
        dropped = sum(of_kind.states["dropped"] for of_kind in self.commitments.values())
        totals = [f"{dropped:,} more {'was' if dropped == 1 else 'were'} dropped."] if dropped else []
        blocks: list[Block] = [table(self._say("Commitments of approved strategies"), columns, rows, totals=totals)]
        if not self.commitments:
            blocks = [text("", self._say("No strategy was approved by then, so nothing was promised."))]
        return {"key": "", "title": "Commitments", "lead": "", "blocks": blocks}

    def _aims(self) -> Part:
        said = [
            ("Metrics in all", "all"),
            ("Outcomes, which customers notice", "outcome"),
            ("Outputs", "output"),
            ("Whose target was due by then", "due"),
            ("Target reached, of those of approved strategies", "reached"),
            ("Not there yet, of those of approved strategies", "not-yet"),
            ("No reading yet, of those of approved strategies", "not-read"),
        ]
        rows = [[cell(self._say(label)), cell(f"{self.metrics[key]:,}", self.metrics[key])] for label, key in said]
        columns = (("what", "Metrics", "line"), ("count", "How many", "integer"))
        return {"key": "", "title": "Metrics and targets", "lead": "", "blocks": [table("Metrics", columns, rows)]}

    def table(self) -> Table:
        """The columns of the full list, without its rows."""
        counted = [(each.key, each.label, each.column.type) for each in counted_in(self.policy)]
        columns = [(key, self._say(label), kind) for key, label, kind in COLUMNS]
        return table(self._say("Components"), (*columns, *counted), ())


def _said(each: Counted, value: Decimal) -> tuple[str, int | float]:
    exact = int(value) if value == value.to_integral_value() else float(value)
    return as_read(exact, each.column), exact


def line_of(policy: Policy, standing: Standing) -> list[Cell]:
    """A Component as a row of the full list."""
    return [
        cell(standing.code),
        cell(standing.name),
        cell(standing.state),
        _day(standing.strategy.due_on if standing.strategy else None),
        _day(standing.submitted_at),
        _day(standing.approved_at),
        _day(standing.implementation.due_on if standing.implementation else None),
        _day(standing.implemented_at),
        cell(f"{standing.days_late:,}", standing.days_late),
        cell(standing.why),
        *(cell(*_said(each, each.of(standing.content))) for each in counted_in(policy)),
    ]


def _day(on: date | datetime | None) -> Cell:
    if isinstance(on, datetime):
        on = day_of(on)
    return cell(long_date(on), on.isoformat()) if on is not None else cell("")
