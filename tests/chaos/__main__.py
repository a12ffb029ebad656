"""`python -m tests.chaos`: play the simulation, say what came out, and fail unless everything held."""

import argparse
import signal
import sys
import time

from tests.chaos.guards import GUARDS
from tests.chaos.plan import WHOLE, Plan, Result
from tests.chaos.premises import opened
from tests.chaos.simulation import simulate

MOST_SENTENCES = 12  # of each kind of fault found


def main(arguments: list[str] | None = None) -> int:
    """Run, report; 0 if everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000, help="the same seed, the same choices")
    parser.add_argument("--faults", type=int, default=1000, help="how many faults are to happen (1000)")
    parser.add_argument("--days", type=int, default=WHOLE, help=f"how many days to simulate ({WHOLE})")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so many seconds")
    parser.add_argument("--without", choices=sorted(GUARDS), default="", help="remove a guard: the run should fail")
    parser.add_argument("--keep", action="store_true", help="leave the home with its logs behind")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # or what runs here would be left behind
    began = time.monotonic()
    plan = Plan(given.seed, given.faults, given.days, given.seconds, given.without)
    with opened(without=plan.without, keep=given.keep) as premises:
        say(f"Seed {plan.seed}; logs in {premises.home / 'log'}")
        result = simulate(plan, premises, say)
    report(result, time.monotonic() - began)
    return 0 if result.good else 1


def report(result: Result, seconds: float) -> None:
    """Everything that was found, and the line that sums it up."""
    for title, sentences in result.sentences.items():
        for sentence in sentences[:MOST_SENTENCES]:
            say(f"{title}: {sentence}")
        if len(sentences) > MOST_SENTENCES:
            say(f"{title}: and {len(sentences) - MOST_SENTENCES} more")
    say(", ".join(f"{number} × {name}" for name, number in sorted(result.faults.items(), key=lambda each: -each[1])))
    say(f"{result.days} days, {result.actions} actions by people, {seconds:.0f} seconds")
    say(line(result))


def line(result: Result) -> str:
    """The last line."""
    verdict = result.verdict
    return (
        f"chaos: {sum(result.faults.values())} faults, {verdict.owed} owed, {len(verdict.lost)} lost, "
        f"{len(verdict.duplicated)} duplicated, {len(verdict.early)} early"
    )


def say(words: str) -> None:
    """Tell whoever watches."""
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
