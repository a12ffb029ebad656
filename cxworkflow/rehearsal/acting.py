"""Where an event of a scenario is played, and the one function that plays it; the verbs register with it."""

from functools import singledispatch

from cxworkflow.errors import NotNow
from cxworkflow.models import Clock, Component, Person, PolicyEdition, Strategy
from cxworkflow.rehearsal import events
from cxworkflow.rehearsal.scenario import Scenario
from cxworkflow.services import clocks, strategies


class Scene:
    """Where and by whom an event is played."""

    def __init__(self, scenario: Scenario, edition: PolicyEdition, component: Component | None, by: Person) -> None:
        self.scenario, self.edition, self.component, self.by = scenario, edition, component, by

    @property
    def strategy(self) -> Strategy:
        """The Component's strategy; raises NotNow when it has begun none."""
        found = self.component and strategies.find(self.edition, self.component)
        if not found:
            raise NotNow("This Component has not begun a strategy yet: import one first.")
        return found

    def clock(self, kind: str) -> Clock:
        """The open clock of this kind; raises NotNow."""
        found = clocks.open_clock(self.edition, self.edition.policy.clock(kind).kind, self.component)
        if found is None:
            raise NotNow(f"No {kind} clock is running here.")
        return found


@singledispatch
def act(event: events.Event, scene: Scene) -> None:
    """Do what an event says, by the verb that the pages and the command line use."""
    raise NotImplementedError(event)
