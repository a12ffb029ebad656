"""The record of one strategy from draft to implementation, as a document: what was done, by whom and when."""

from collections.abc import Iterator, Sequence
from datetime import date

from cxworkflow.calendar import EASTERN
from cxworkflow.documents.sentences import lines_of, role_title
from cxworkflow.models import Clock, Commitment, Decision, Version
from cxworkflow.papers import Cell, Document, Fact, Part, cell, table, text, unsaid
from cxworkflow.policies import Names
from cxworkflow.queries.strategies import Paper
from cxworkflow.wording import days, long_date, long_moment


def strategy_record(paper: Paper, decisions: list[Decision], commitments: Sequence[Commitment]) -> Document:
    """The record as far as whoever asked for the paper may know of it."""
    strategy, names = paper.strategy, paper.policy.names
    return {
        "title": f"Record: {strategy.title}",
        "subtitle": strategy.component.name,
        "about": f"{paper.policy.short_title}, {paper.policy.title}",
        "code": strategy.component.code,
        "owner": strategy.component.name,
        "facts": list(_facts(paper)),
        "parts": [
            _versions(strategy.versions, names),
            _decisions(decisions, names),
            _clocks(paper),
            *_implementation(paper, commitments),
            _history(paper),
        ],
        "notes": ["Times are Eastern. What the review team says among itself is no part of this."],
    }


def _facts(paper: Paper) -> Iterator[Fact]:
    strategy = paper.strategy
    yield {"label": "State", "words": strategy.status.value.capitalize()}
    yield {"label": "Begun", "words": long_date(strategy.begun_at)}


def _versions(versions: list[Version], names: Names) -> Part:
    columns = (
        ("version", "Version", "integer"),
        ("submitted", "Submitted", "line"),
        ("by", "Certified by", "line"),
        ("time", "On time", "line"),
        ("sha256", "SHA-256 of its content", "line"),
    )
    rows = [
        [
            cell(str(each.number), each.number),
            cell(long_moment(each.submitted_at), each.submitted_at.astimezone(EASTERN).isoformat()),
            cell(_who(each.by.name, each.by_role, names)),
            cell(_time(each)),
            cell(each.sha256),
        ]
        for each in versions
    ]
    return {"key": "", "title": "Versions", "lead": "", "blocks": [table("Versions submitted", columns, rows)]}


def _time(version: Version) -> str:
    if version.days_late:
        return f"{days(version.days_late)} late: {version.late_reason}"
    return f"After the {version.policy.names.directorate}’s target" if version.after_target else "Yes"


def _decisions(decisions: list[Decision], names: Names) -> Part:
    columns = (
        ("version", "Version", "integer"),
        ("outcome", "Outcome", "line"),
        ("decided", "Decided", "line"),
        ("by", "By", "line"),
        ("words", "In words", "text"),
    )
    rows = [
        [
            cell(str(each.version.number), each.version.number),
            cell(each.outcome.value.capitalize()),
            cell(long_moment(each.decided_at), each.decided_at.astimezone(EASTERN).isoformat()),
            cell(_who(each.by.name, each.by_role, names)),
            cell("; ".join(filter(None, (each.reason, *each.conditions, *(_asked(one) for one in each.must_changes))))),
        ]
        for each in decisions
    ]
    return {"key": "", "title": "Decisions", "lead": "", "blocks": [table("Decisions", columns, rows)]}


def _asked(change: dict[str, str]) -> str:
    return f"{change['clause']}: {change['text']}"


def _clocks(paper: Paper) -> Part:
    columns = (
        ("clock", "Clock", "line"),
        ("set_by", "Set by", "line"),
        ("started", "Started", "date"),
        ("due", "Due", "date"),
        ("stopped", "Stopped", "date"),
        ("original", "First due", "date"),
    )
    rows = [_clock(paper, each) for each in sorted(paper.clocks, key=lambda each: (each.started_on, each.id))]
    return {"key": "", "title": "Clocks", "lead": "", "blocks": [table("Clocks", columns, rows)]}


def _clock(paper: Paper, clock: Clock) -> list[Cell]:
    rule = paper.policy.clock(clock.kind)
    return [
        cell(rule.title),
        cell("The policy" if rule.set_by == "policy" else paper.policy.names.directorate),
        cell(long_date(clock.started_on), clock.started_on.isoformat()),
        cell(long_date(clock.due_on), clock.due_on.isoformat()),
        cell(long_date(clock.stopped_on), clock.stopped_on.isoformat()) if clock.stopped_on else unsaid("Not yet"),
        cell(long_date(clock.original_due_on), clock.original_due_on.isoformat()),
    ]


def _day(on: date | None) -> Cell:
    return cell(long_date(on), on.isoformat()) if on else unsaid("–")


def _implementation(paper: Paper, commitments: Sequence[Commitment]) -> Iterator[Part]:
    if commitments:
        columns = (
            ("what", "Commitment", "line"),
            ("owner", "Owner", "line"),
            ("due", "Due", "date"),
            ("first_due", "First due", "date"),
            ("state", "State", "line"),
        )
        rows = [
            [
                cell(each.title),
                cell(each.owner_words or "–"),
                _day(each.due_on),
                _day(each.original_due_on),
                cell(each.state.value.replace("-", " ").capitalize()),
            ]
            for each in commitments
        ]
        block = table("What was promised", columns, rows)
        yield {"key": "", "title": "Commitments", "lead": "", "blocks": [block]}
    if paper.report is not None:
        said = f"Reported {long_moment(paper.report.reported_at)} by {paper.report.by.name}."
        blocks = [text("", said), text("Statement", paper.report.statement)]
        yield {"key": "", "title": "Implementation", "lead": "", "blocks": list(blocks)}


def _history(paper: Paper) -> Part:
    columns = (("at", "When", "line"), ("who", "Who", "line"), ("what", "What", "text"), ("line", "Line", "integer"))
    rows = [
        [
            cell(long_moment(each.event.at), each.event.at.astimezone(EASTERN).isoformat()),
            cell(_who(each.event.by_name, each.event.by_role, paper.policy.names)),
            cell(each.words),
            cell(f"{each.event.seq:,}", each.event.seq),
        ]
        for each in reversed(lines_of(paper.events, paper.policy.names))
    ]
    return {"key": "", "title": "What was done", "lead": "", "blocks": [table("Lines of the record", columns, rows)]}


def _who(name: str, role: str, names: Names) -> str:
    return f"{name}, {role_title(role, names)}" if role else name
