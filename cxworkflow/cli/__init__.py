"""One command, `cxworkflow`, with subcommands as users would guess them."""

import argparse
import logging
import sys
from collections.abc import Sequence
from uuid import uuid4

from structlog.contextvars import bound_contextvars

from cxworkflow import logs
from cxworkflow.cli import audit, backups, doctor, inspecting, people, policy, running, strategy
from cxworkflow.errors import InvalidInput, WorkflowError

REFUSED = 1  # the exit code when the input or the rules say no


def parser() -> argparse.ArgumentParser:
    """The command line and its help."""
    made = argparse.ArgumentParser(
        prog="cxworkflow", description="Customer experience strategies, from draft to implementation."
    )
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for part in (running, strategy, policy, inspecting, audit, people, backups, doctor):
        part.add_to(commands)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, or 1 with one plain message per fault on the error output."""
    given = parser().parse_args(arguments)
    # A command says what went wrong in its own words; that no worker could be rung for is no news to it.
    logs.configure(logging.ERROR)
    try:
        with bound_contextvars(request_id=f"command {uuid4().hex[:16]}"):
            given.run(given)
    except InvalidInput as error:
        print("Refused. Nothing was changed.", file=sys.stderr)
        print(error, file=sys.stderr)
        return REFUSED
    except WorkflowError as error:
        print(error, file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        # Whoever read our output has had enough; the interpreter must not complain about it at exit.
        sys.stdout = None
    except KeyboardInterrupt:
        return 130
    return 0
