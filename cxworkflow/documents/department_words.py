"""How the Department's report says in plain sentences what it counted."""


def punctuality(components: int, late: int, overdue: int) -> str:
    """How many of the Components are on time and how many late, of whom `overdue` have not done yet what was due."""
    if not components:
        return "No Component had to file anything then."
    if not late:
        return "The only Component is on time." if components == 1 else f"All {components:,} Components are on time."
    on_time = components - late
    if not on_time:
        first = "The only Component is not on time." if components == 1 else "No Component is on time."
    else:
        first = f"{on_time:,} of {components:,} Components {'is' if on_time == 1 else 'are'} on time."
    return f"{first} {_late(late, overdue)}"


def _late(late: int, overdue: int) -> str:
    if not overdue:
        return f"{late:,} {'was' if late == 1 else 'were'} late, and did what was due after its day."
    if overdue == late:
        return f"{late:,} {'is late, and has' if late == 1 else 'are late, and have'} not yet done what was due."
    caught_up = late - overdue
    return (
        f"{late:,} are or were late: {overdue:,} {'has' if overdue == 1 else 'have'} not yet done what was due, "
        f"and {caught_up:,} did it after its day."
    )
