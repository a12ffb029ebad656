"""What changed between two versions, word by word, with what was said about it."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.models import Comment, Version
from cxworkflow.policies.answers import FieldChange, SectionChange, Side, differences
from cxworkflow.policies.together import together
from cxworkflow.queries import strategies as queries
from cxworkflow.queries.reviews import Dossier
from cxworkflow.web import filters
from cxworkflow.web.guard import signed_in
from cxworkflow.web.reviews import shown

pages = Blueprint("changes", __name__)


@dataclass(frozen=True)
class Comparison:
    """Two versions of a strategy, what differs, and the comments that belong beside it."""

    before: Version
    after: Version
    title: FieldChange
    sections: list[SectionChange]
    comments: list[Comment]

    @property
    def told(self) -> list[SectionChange]:
        """The sections that changed, and those of which something is still said."""
        said = {comment.clause for comment in self.comments}
        return [each for each in self.sections if each or each.section.clause in said]

    @property
    def unchanged(self) -> list[SectionChange]:
        """All other sections."""
        return [each for each in self.sections if each not in self.told]

    def said(self, clause: str, row: str | None = None) -> list[Comment]:
        """The comments on a section, or on one row of it; with those on rows that are not shown."""
        shown = {row.name for each in self.sections if each.section.clause == clause for row in each.rows}
        of_it = [comment for comment in self.comments if comment.clause == clause]
        return [
            each for each in of_it if (each.row_name == row if row else not each.row_name or each.row_name not in shown)
        ]


@pages.get("/strategies/<int:strategy_id>/changes")
@signed_in
def one(strategy_id: int) -> ResponseReturnValue:
    """The differences between two versions, the last two where none are named."""
    values = shown(strategy_id)
    return render_template("reviews/changes.html", **values, comparison=comparison(values["dossier"]))


def comparison(dossier: Dossier) -> Comparison | None:
    """The versions that the address names, compared; None where there is only one."""
    versions = dossier.strategy.versions
    if len(versions) < 2:
        return None
    to = filters.number("to") or versions[-1].number
    before = queries.version(dossier.strategy, filters.number("from") or max(1, to - 1))
    after = queries.version(dossier.strategy, to)
    sections = together(before.policy, after.policy)
    asked = [each for each in sections if each.clause in before.content | after.content]
    return Comparison(
        before,
        after,
        FieldChange("Title", before.title, after.title),
        differences(asked, _side(before), _side(after)),
        [each for each in dossier.comments if each.version_id == before.id or not each.settled_at],
    )


def _side(version: Version) -> Side:
    files: dict[str, list[str]] = {}
    for file in version.attachments:
        files.setdefault(file["clause"], []).append(f"{file['name']} (SHA-256 {file['sha256'][:12]}…)")
    return Side(version.content, version.row_names, files)
