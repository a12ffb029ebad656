"""Events of a scenario, and what a rehearsal told of its clocks."""

from typing import Any


def event(at: str, do: str, component: str | None = None, *, by: str = "lead", **facts: Any) -> dict[str, Any]:
    """One event; `at` in Eastern standard time."""
    about = {"component": component} if component else {}
    return {"at": f"{at}:00-05:00", "do": do, "by": by, **about, **facts}


def clock_of(told: Any, kind: str, component: str | None = None) -> dict[str, Any]:
    (found,) = (each for each in told["clocks"] if (each["clock"], each["component"]) == (kind, component))
    return dict(found)


def deadlines(told: Any, kind: str, component: str | None = None) -> list[tuple[int, str]]:
    """The rungs that were told about a clock, each with the role told, in their order."""
    return [
        (each["rung"], each["to_role"])
        for each in told["notices"]
        if (each["kind"], each["clock"], each["component"]) == ("deadline", kind, component)
    ]
