"""The switches of the guards: some of them can be off, and each notes when it refuses somebody something."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cxworkflow.errors import WorkflowError


@dataclass
class Switches:
    """Which guards are removed, and which refused something in which test."""

    removed: frozenset[str] = frozenset()
    test: str = ""
    refused_in: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    known: list[str] = field(default_factory=list)

    def note(self, guard: str) -> None:
        """This guard has stood in somebody's way, in the test that runs now."""
        if self.test:
            self.refused_in[guard].add(self.test)

    def asks(self, guard: str, ask: Callable[..., Any], *told: Any, **named: Any) -> Any:
        """A call that raises a refusal, or answers no; without the guard nothing is refused."""
        try:
            answer = ask(*told, **named)
        except WorkflowError:
            self.note(guard)
            if guard not in self.removed:
                raise
            return told[0] if told else None
        if answer is False:
            self.note(guard)
            return guard in self.removed
        return answer

    def refuses(self, guard: str, wrong: Any) -> Any:
        """A condition under which something is refused; without the guard it never holds."""
        if not wrong:
            return wrong
        self.note(guard)
        return False if guard in self.removed else wrong


SWITCHES = Switches()
