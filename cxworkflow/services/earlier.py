"""Starting from what there is: what a Component filed under another policy, or what another one has published."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cxworkflow.db import held, session
from cxworkflow.errors import NotFound, NotNow
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import Person, Published, Strategy, Version
from cxworkflow.papers.reuse import contents_of
from cxworkflow.permissions import Permission, require
from cxworkflow.policies.answers import check_section
from cxworkflow.policies.publication import our_bases
from cxworkflow.services import drafting, record


@dataclass(frozen=True)
class Taken:
    """The clauses whose sections were taken over, those of them in which something did not fit, and those left out."""

    version: Version | None  # None: what was published
    clauses: Sequence[str]
    not_whole: Sequence[str]
    left_out: Sequence[str]


def filed(strategy: Strategy) -> Version | None:
    """What of a strategy can be started from: its approved version, or else the last that was submitted."""
    return strategy.approved_version or strategy.current_version


def take_over(strategy: Strategy, source: Strategy, *, by: Person, at: datetime) -> Taken:
    """Fill a draft in which nothing is written yet from what the Component filed under another policy.

    Sections are matched by their clause. What does not fit the new questions is left empty. Files stay where they are.
    Raises NotAllowed, NotFound, NotNow.
    """
    strategy = held(strategy)
    role = require(by, Permission.DRAFT, strategy, at=at)
    require(by, Permission.SEE_SUBMITTED, source, at=at)
    after(strategy.status, Action.EDIT)
    version = filed(source)
    if version is None or source.component_id != strategy.component_id or source.id == strategy.id:
        raise NotFound(f"{strategy.component.code} has filed no such strategy before.")
    _refuse_written(strategy)
    details = {"source": source.id, "version": version.number}
    record.write("took-over", by=by, as_role=role, at=at, strategy=strategy, details=details)
    return _filled(strategy, version, version.content, by, at)


def take_over_published(strategy: Strategy, published: Published, *, by: Person, at: datetime) -> Taken:
    """Fill a draft in which nothing is written yet from what another Component has published.

    What is withheld there is left empty. Raises NotAllowed, NotFound, NotNow.
    """
    strategy = held(strategy)
    role = require(by, Permission.DRAFT, strategy, at=at)
    after(strategy.status, Action.EDIT)
    if published.document is None:
        raise NotFound("What was published there was withdrawn.")
    _refuse_written(strategy)
    details = {"component": published.code, "policy": published.policy, "sha256": published.sha256}
    record.write("took-over-published", by=by, as_role=role, at=at, strategy=strategy, details=details)
    gaps = [basis.words for basis in our_bases().values()]
    contents = contents_of(json.loads(published.document)["document"], gaps=gaps)
    return _filled(strategy, None, contents, by, at)


def _refuse_written(strategy: Strategy) -> None:
    if strategy.answers:
        raise NotNow("Sections of this strategy are written already, so nothing was taken over.")


def _filled(
    strategy: Strategy, version: Version | None, contents: Mapping[str, Any], by: Person, at: datetime
) -> Taken:
    asked = strategy.edition.policy.sections_for(hisp=strategy.component.hisp)
    taken, not_whole = [], []
    for section in asked:
        if section.clause not in contents:
            continue
        content, faults = check_section(section, contents[section.clause], at_key=section.clause)
        drafting.save_section(strategy, section.clause, content, base_revision=0, by=by, at=at)
        taken.append(section.clause)
        not_whole += [section.clause] if faults else []
    session().expire(strategy, ["answers"])
    return Taken(version, taken, not_whole, [clause for clause in contents if clause not in taken])
