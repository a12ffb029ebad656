"""Who acts under a policy and what they deliver: deliverables, the actions that the guidance directs."""

from typing import Annotated, Literal

from pydantic import Strict

from cxworkflow.policies.parts import ClauseId, Part, Prose, Slug


class DeliverableRule(Part):
    """Something to be delivered beside the paper; the last one that stops a clock stops it.

    `by` says by whom: once by the Directorate itself, or by each `component`, which says in words what it delivered.
    """

    id: Slug
    title: Prose
    clause: ClauseId
    by: Literal["directorate", "component"] = "directorate"
    stops: Slug | None = None
    # `recorded` by hand, done once it is `signed`, or `either`. What is signed has drafts that are coordinated.
    done: Literal["recorded", "signed", "either"] = "recorded"
    # It is recorded by itself with the first draft of the last of these.
    begun_with: Annotated[tuple[Slug, ...], Strict(False)] = ()

    @property
    def drafted(self) -> bool:
        """Whether it is a paper, with drafts, coordination and a signature."""
        return self.done != "recorded"


class ActionRule(Part):
    """An action that the Directorate's guidance directs across the Department; its clause says what it asks."""

    clause: ClauseId
    title: Prose
