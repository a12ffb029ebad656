"""Who acts under a policy and what they deliver: names, deliverables, the actions that the guidance directs."""

from typing import Annotated, Literal

from pydantic import Strict

from cxworkflow.policies.parts import ClauseId, Part, Prose, Slug


class Names(Part):
    """What a policy calls those who act under it, where they are not the Department's own."""

    decider: Prose = "Chief Information Officer"
    directorate: Prose = "CX Directorate"

    def in_title(self, title: str) -> str:
        """A role's usual title as this policy has it: "Chief Performance Officer"."""
        usual = Names()
        return title.replace(usual.decider, self.decider).replace(usual.directorate, self.directorate)

    @property
    def told(self) -> dict[str, str]:
        """What an e-mail is told of them, where they are not the usual ones: JSON values."""
        named = {"decider": self.decider, "directorate": self.directorate}
        return {key: said for key, said in named.items() if said != getattr(Names(), key)}


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
