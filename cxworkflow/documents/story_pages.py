"""The pages of a story: plain HTML for every browser, without a script, and its facts as JSON."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from cxworkflow import wording
from cxworkflow.documents.sentences import event_words, role_title
from cxworkflow.models.notice import NoticeState
from cxworkflow.policies.answers import as_read
from cxworkflow.queries.story import Story
from cxworkflow.uploads.examining import said_size

TEMPLATES = Path(__file__).parents[2] / "templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of a story: HTML is escaped, a missing value is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        long_date=wording.long_date,
        long_moment=wording.long_moment,
        days=wording.days,
        opening=wording.opening,
        as_read=as_read,
        event_words=event_words,
        role_title=role_title,
        said_size=said_size,
    )
    return made


def pages(told: Story) -> Iterator[tuple[str, str]]:
    """The names and texts of the files that people read, and of the one for programs."""
    policy = told.strategy.edition.policy
    values = {"story": told, "strategy": told.strategy, "policy": policy, "SENT": NoticeState.SENT}
    yield "index.html", environment().get_template("story/index.html").render(values)
    for version in told.versions:
        page = environment().get_template("story/version.html")
        yield f"versions/{version.number}.html", page.render(values, version=version, sections=version.sections)
    yield "story.json", json.dumps(_facts(told), indent=1, ensure_ascii=False) + "\n"


def _facts(told: Story) -> dict[str, Any]:
    strategy = told.strategy
    return {
        "component": {"code": strategy.component.code, "name": strategy.component.name},
        "policy": strategy.edition.code,
        "edition": strategy.edition.sha256,
        "title": strategy.title,
        "status": strategy.status.value,
        "begun_at": strategy.begun_at.isoformat(),
        "people": {str(number): name for number, name in sorted(told.people.items())},
        "versions": [
            _row(each, "number", "title", "sha256", "submitted_at", "by_id", "by_role", "due_on", "days_late")
            | {"edition": each.edition.sha256, "late_reason": each.late_reason, "attachments": each.attachments}
            for each in told.versions
        ],
        "comments": [
            _row(each, "id", "clause", "kind", "audience", "text", "made_at", "by_id", "settled_at")
            | {"version": each.version.number}
            | {"answers": [_row(reply, "id", "text", "made_at", "by_id") for reply in each.replies]}
            for each in told.comments
        ],
        "recommendations": [_row(each, "advice", "text", "made_at", "by_id") for each in told.recommendations],
        "ratings": [_row(each, "version_id", "clause", "mark", "reason", "marked_at", "by_id") for each in told.marks],
        "decisions": [
            _row(each, "id", "outcome", "reason", "sha256", "decided_at", "by_id", "by_role")
            | {"version": each.version.number}
            for each in told.decisions
        ],
        "implementation": [_row(each, "statement", "reported_at", "by_id") for each in told.reports],
        "e_mails": [
            _row(each, "id", "kind", "person_id", "to_role", "to_address", "owed_at", "state", "sent_at")
            for each in told.notices
        ],
        "lines": [event.seq for event in told.events],
    }


def _row(row: Any, *names: str) -> dict[str, Any]:
    return {name: _said(getattr(row, name)) for name in names}


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
