"""Known weaknesses in what the lock files name: fails on any.

Where a service does not answer it goes on, since there may be no network at all; its last line then says what was not
looked at. `--answered` fails there, too.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# The one with the fewest packages first: a service that knows nothing is not asked about all the others.
LOCKS = tuple(f"requirements{name}.txt" for name in ("-node", "", "-otel", "-dev", "-bench", "-scan"))
NPM = "package-lock.json"
STRICT = "`make audit ANSWERED=yes` fails there."


def told_by_pip_audit(printed: str) -> tuple[list[str], int]:
    """The weaknesses, a line each, and how many packages the service said something about."""
    try:
        packages: list[dict[str, Any]] = json.loads(printed)["dependencies"]
    except (ValueError, KeyError):
        return [], 0
    answered = [each for each in packages if "skip_reason" not in each]
    weak = [f"{each['name']} {each['version']}: {found['id']}" for each in answered for found in each["vulns"]]
    return weak, len(answered)


def told_by_npm_audit(printed: str) -> list[str] | None:
    """The weaknesses, a line each; None where the service gave no answer."""
    try:
        told: dict[str, Any] = json.loads(printed)
        return [f"{name}: {found['severity']}" for name, found in told["vulnerabilities"].items()]
    except (ValueError, KeyError):
        return None


def printed_by(*command: str) -> str:
    """What a command prints, however it ends."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600).stdout


def main(*arguments: str) -> int:
    """1 if a weakness is known, or if silence counts and a service was silent, else 0."""
    weak: list[str] = []
    waiting = list(LOCKS)
    while waiting:
        asked = (
            "-m",
            "pip_audit",
            "--disable-pip",
            "--require-hashes",
            "--format",
            "json",
            "--requirement",
            waiting[0],
        )
        found, answered = told_by_pip_audit(printed_by(sys.executable, *asked))
        if not answered:
            break  # a service that is silent about one would be waited for with each
        print(f"pip-audit: {waiting.pop(0)}: {answered} packages, {len(found)} known weaknesses.")
        weak += found
    npm = told_by_npm_audit(printed_by("npm", "audit", "--json"))
    if npm is None:
        waiting.append(NPM)
    else:
        print(f"npm audit: {len(npm)} known weaknesses.")
        weak += npm
    for line in weak:
        print(f"  {line}")
    if waiting:
        print(f"NOT AUDITED, since the service did not answer, and so no all-clear: {', '.join(waiting)}. {STRICT}")
    return 1 if weak or (waiting and "--answered" in arguments) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
