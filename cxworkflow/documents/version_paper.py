"""A frozen version of a strategy as a document, with who submitted it and what was decided on it."""

from collections.abc import Iterator

from cxworkflow.documents.sentences import role_title
from cxworkflow.models import Decision, Outcome, Version
from cxworkflow.papers import Document, Fact, strategy_document
from cxworkflow.wording import days, long_date, long_moment


def version_document(version: Version, decision: Decision | None = None) -> Document:
    """The version, for who may see the strategy; with the decision on it, if there is one."""
    strategy = version.strategy
    return strategy_document(
        version.policy,
        title=version.title,
        subtitle=f"{version.owner}: version {version.number}, as it was submitted",
        code=strategy.component.code,
        owner=version.owner,
        contents=version.content,
        facts=_facts(version, decision),
        files=version.attachments,
    )


def _facts(version: Version, decision: Decision | None) -> Iterator[Fact]:
    yield {"label": "Submitted", "words": long_moment(version.submitted_at)}
    yield {"label": "Certified by", "words": f"{version.by.name}, {role_title(version.by_role, version.policy.names)}"}
    if version.due_on:
        missed = "a target that was missed" if version.after_target else "on time"
        late = f"{days(version.days_late)} late" if version.days_late else missed
        yield {"label": "Due", "words": f"{long_date(version.due_on)}, {late}"}
    if version.late_reason:
        yield {"label": "Why it was late", "words": version.late_reason}
    if decision is not None:
        done = "Approved" if decision.outcome is Outcome.APPROVED else "Returned for changes"
        as_whom = role_title(decision.by_role, version.policy.names)
        said = f"{long_date(decision.decided_at)}, by {decision.by.name}, {as_whom}"
        yield {"label": done, "words": said}
        if decision.conditions:
            yield {"label": "Conditions", "words": "; ".join(decision.conditions)}
    if version.edition_id != version.strategy.edition_id:
        since = long_date(version.edition.loaded_at)
        yield {"label": "Edition", "words": f"{version.policy.short_title} as in force here since {since}"}
    yield {"label": "SHA-256 of its content", "words": version.sha256}
