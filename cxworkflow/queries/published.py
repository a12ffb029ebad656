"""What the public reads, from the one table that it can read."""

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Published
from cxworkflow.papers import Document
from cxworkflow.papers.metrics import Metric
from cxworkflow.queries.paging import Order, both_ways

IN_SIGHT = Published.document.is_not(None)
AT_ONCE = 50
ORDERS = {
    **both_ways("component", "By Component, A to Z", "By Component, Z to A", Published.owner, Published.policy),
    **both_ways("title", "By title, A to Z", "By title, Z to A", Published.title, Published.strategy_id),
    "-published": Order("Published last first", (Published.published_at.desc(), Published.strategy_id)),
    "published": Order("Published first first", (Published.published_at, Published.strategy_id)),
}


class PublicText:
    """One published strategy: the text that was released, read."""

    def __init__(self, published: Published) -> None:
        self.published = published

    @cached_property
    def whole(self) -> dict[str, Any]:
        """The open data of it."""
        read: dict[str, Any] = json.loads(self.published.document or "{}")
        return read

    @property
    def document(self) -> Document:
        """What it says."""
        document: Document = self.whole["document"]
        return document

    @property
    def metrics(self) -> list[Metric]:
        """Its metrics."""
        found: list[Metric] = self.whole["metrics"]
        return found


def one(policy: str, component: str) -> PublicText:
    """What is published of a Component's strategy under a policy; raises NotFound."""
    wanted = select(Published).where(Published.policy == policy, Published.component == component)
    found = session().scalar(wanted)
    if found is None:
        raise NotFound("No strategy is published at this address.")
    if found.document is None:
        raise NotFound("What was published here was withdrawn.")
    return PublicText(found)


def of_number(strategy_id: int) -> Published:
    """What is published of the strategy of this number; raises NotFound."""
    found = session().get(Published, strategy_id)
    if found is None or found.document is None:
        raise NotFound("No such strategy is published.")
    return found


def listed(policy: str | None = None) -> Select[tuple[Published]]:
    """All that is published, or what is under one policy, without the texts."""
    found = select(Published).where(IN_SIGHT).options(defer(Published.document))
    return found.where(Published.policy == policy) if policy is not None else found


def by_component() -> Sequence[Published]:
    """All that is published, by Component, without the texts."""
    return session().scalars(listed().order_by(*ORDERS["component"].by)).all()


def policies() -> Sequence[str]:
    """The policies under which anything is published, by their codes."""
    return session().scalars(select(Published.policy).where(IN_SIGHT).distinct().order_by(Published.policy)).all()


def latest(most: int) -> Sequence[Published]:
    """What was published last, the latest first, without the texts."""
    wanted = listed().order_by(Published.published_at.desc(), Published.strategy_id).limit(most)
    return session().scalars(wanted).all()


def texts() -> Iterator[PublicText]:
    """All that is published with its text, a few at a time."""
    wanted = select(Published).where(IN_SIGHT).order_by(Published.policy, Published.component)
    for published in session().scalars(wanted.execution_options(yield_per=AT_ONCE)):
        yield PublicText(published)
        session().expunge(published)
