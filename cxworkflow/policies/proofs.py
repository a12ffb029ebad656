"""Which tests prove a clause, as the marks of the tests said when the file was written that ships with the product."""

import json
from functools import cache

from config.settings import CLAUSE_TESTS


def proofs_of(policy: str, clause: str) -> tuple[str, ...]:
    """The tests by file and name; a file alone stands for all in it. None for a policy that does not ship."""
    return tuple(_written().get(policy, {}).get(clause, ()))


@cache
def _written() -> dict[str, dict[str, list[str]]]:
    read: dict[str, dict[str, list[str]]] = json.loads(CLAUSE_TESTS.read_text(encoding="utf-8"))
    return read
