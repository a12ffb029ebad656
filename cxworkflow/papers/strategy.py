"""A version of a strategy as a document: the policy's headings, the answers as people read them, rows as tables."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cxworkflow.papers.model import Block, Column, Document, Fact, Part, Table, Text
from cxworkflow.policies import Field, Policy, Section
from cxworkflow.policies.answers import as_read, totals

UNANSWERED = "Not answered"
Contents = Mapping[str, Mapping[str, Any]]


def strategy_document(
    policy: Policy,
    *,
    title: str,
    subtitle: str,
    code: str,
    owner: str,
    contents: Contents,
    facts: Iterable[Fact] = (),
    files: Iterable[Mapping[str, Any]] = (),
    notes: Iterable[str] = (),
) -> Document:
    """The document of these contents, by clause. `files` are named with their clause and name."""
    attached = list(files)
    return {
        "title": title,
        "subtitle": subtitle,
        "about": f"{policy.short_title}, {policy.title}",
        "code": code,
        "owner": owner,
        "facts": list(facts),
        "parts": [
            _part(section, contents[section.clause], [file for file in attached if file["clause"] == section.clause])
            for section in sections_of(policy, contents)
        ],
        "notes": list(notes),
    }


def sections_of(policy: Policy, contents: Contents) -> list[Section]:
    """The sections that these contents answer, in the order of the policy."""
    return [section for section in policy.sections if section.clause in contents]


def _part(section: Section, content: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> Part:
    blocks: list[Block] = [*_needed(section, content)]
    if not (section.as_needed and content.get("needed") is False):
        for field in section.fields:
            blocks += _answer(field, content.get(field.key))
    if files:
        names = "\n".join(str(file["name"]) for file in files)
        blocks.append(_text("attachments", "Attached files", "text", names, names))
    return {"key": section.clause, "title": section.title, "lead": section.asks, "blocks": blocks}


def _needed(section: Section, content: Mapping[str, Any]) -> list[Text]:
    if not section.as_needed:
        return []
    needed, reason = content.get("needed"), content.get("reason") or ""
    said = UNANSWERED if needed is None else "Yes" if needed else "No"
    asked = [_text("needed", "Needed", "choice", said, needed)]
    return [*asked, _text("reason", "Why not", "text", reason, reason)] if reason else asked


def _answer(field: Field, value: Any) -> list[Block]:
    if field.type == "rows":
        return [rows_table(field, value or [])]
    if value in (None, "", []):
        return [_text(field.key, field.label, field.type, UNANSWERED, None)] if field.required else []
    return [_text(field.key, field.label, field.type, as_read(value, field), value)]


def rows_table(field: Field, rows: Sequence[Mapping[str, Any]]) -> Table:
    """The rows of an answer as a table, with their totals."""
    columns: list[Column] = [
        {"key": column.key, "label": column.label, "type": column.type} for column in field.columns
    ]
    return {
        "kind": "table",
        "key": field.key,
        "label": field.label,
        "columns": columns,
        "rows": [
            [{"words": as_read(row.get(each.key), each), "value": row.get(each.key)} for each in field.columns]
            for row in rows
        ],
        "totals": [total_words(*each) for each in totals(field, [dict(row) for row in rows])],
    }


def total_words(column: Field, fiscal_year: int | None, value: float) -> str:
    """A sum in words: "Amount in US dollars, fiscal year 2024, in all: $2,450,000"."""
    year = f", fiscal year {fiscal_year}" if fiscal_year else ""
    return f"{column.label}{year}, in all: {as_read(value, column)}"


def _text(key: str, label: str, kind: str, words: str, value: Any) -> Text:
    return {"kind": "text", "key": key, "label": label, "type": kind, "words": words, "value": value}
