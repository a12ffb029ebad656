"""The reference of the command line, made from its parser."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from cxworkflow.cli import parser

DOCS = Path(__file__).parents[2] / "docs"
FILE = DOCS / "commands.md"
INTRODUCTION = """\
# The command line

`python -m tests.docs` writes this page from the parser of the arguments; a test fails when it is out of date. Every
command works whether or not anything is running: it uses the services that run or are configured, or starts the
embedded ones it needs and stops them again. It ends with 0, with 1 and a plain message if the input or the rules say
no, or with 2 if it was not understood.

"""


def commands(
    made: argparse.ArgumentParser | None = None, path: tuple[str, ...] = (), says: str = ""
) -> Iterator[tuple[tuple[str, ...], str, argparse.ArgumentParser]]:
    """Each command that does something: its words, its help, its parser."""
    made = made or parser()
    inner = [each for each in made._actions if isinstance(each, argparse._SubParsersAction)]
    if not inner:
        yield path, says, made
    for verbs in inner:
        helps = {each.dest: each.help or "" for each in verbs._choices_actions}
        for name, verb in verbs.choices.items():
            yield from commands(verb, (*path, name), helps.get(name, ""))


def text() -> str:
    """The whole page."""
    return INTRODUCTION + "\n".join(_command(*each) for each in commands())


def _command(path: tuple[str, ...], says: str, made: argparse.ArgumentParser) -> str:
    taken = [each for each in made._actions if not isinstance(each, argparse._HelpAction)]
    asked = "".join(f" {_shown(each)}" for each in taken)
    rows = "".join(f"| `{_name(each)}` | {_says(each)} |\n" for each in taken if each.help or each.choices)
    table = f"\n| | |\n|---|---|\n{rows}" if rows else ""
    return f"## `cxworkflow {' '.join(path)}{asked}`\n\n{says[:1].upper()}{says[1:]}.\n{table}"


def _name(taken: argparse.Action) -> str:
    """What is typed: `--to DATE`, or `FILE`."""
    if taken.metavar is not None:
        value = taken.metavar if isinstance(taken.metavar, str) else " ".join(taken.metavar)
    else:
        value = "" if taken.nargs == 0 else taken.dest.upper()
    return " ".join(filter(None, (taken.option_strings[0] if taken.option_strings else "", value)))


def _shown(taken: argparse.Action) -> str:
    needed = taken.required if taken.option_strings else taken.nargs != "?"
    return _name(taken) if needed else f"[{_name(taken)}]"


def _says(taken: argparse.Action) -> str:
    choices = f"one of: {', '.join(map(str, taken.choices))}" if taken.choices and not taken.help else ""
    return (taken.help or choices).replace("|", "\\|")
