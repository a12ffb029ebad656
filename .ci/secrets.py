"""Secrets in the history: every line that a commit up to here ever added is looked through; fails on a finding."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
KINDS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "key of a cloud": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b",
    "token": r"\b(?:gh[opsu]_\w{36}|github_pat_\w{50,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|sk_live_\w{20,})",
    "signed token": r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{15,}",
    "password in an address": r"\b[a-z][a-z+]*://[^\s/:@\"'{}<>$]+:(?P<secret>[^\s/@\"'{}<>$]{6,})@(?P<host>[\w.-]+)",
    "secret in a setting": r"(?i)(?:password|passwd|secret|token|api_?key)[\w ]*[=:]\s*[\"']?(?P<secret>[\w+/=-]{24,})",
}
PATTERNS = {kind: re.compile(pattern) for kind, pattern in KINDS.items()}
# Places that open nothing: names that nobody can own (RFC 2606), and this machine.
NOWHERE = re.compile(r"(?:^|\.)(?:example|invalid|test|localhost|example\.(?:com|gov|org))$|^127\.|^host$|^\[?::1")


def looks_random(text: str) -> bool:
    """Whether a text is no words: digits and letters of both kinds, mixed."""
    kinds = (r"[0-9]", r"[a-z]", r"[A-Z]")
    mixed = sum(bool(re.search(kind, text)) for kind in kinds) == len(kinds) and not re.search(r"[_-][a-z]+[_-]", text)
    return mixed or bool(re.fullmatch(r"(?=.*\d)(?=.*[a-f])[0-9a-f]{32,}", text))


def found_in(line: str) -> str | None:
    """What kind of secret a line seems to hold; None if none."""
    for kind, pattern in PATTERNS.items():
        for found in pattern.finditer(line):
            named = found.groupdict()
            if kind == "password in an address" and NOWHERE.search(named["host"]):
                continue
            if kind == "secret in a setting" and not looks_random(named["secret"]):
                continue
            return kind
    return None


def told(log: Iterable[str]) -> Iterator[str]:
    """A line for each finding in what `git log --patch` prints: commit, file and kind, but not the secret."""
    commit = file = ""
    for line in log:
        if line.startswith("commit "):
            commit = line.split()[1][:12]
        elif line.startswith("+++ "):
            file = line[4:].strip().removeprefix("b/")
        elif line.startswith("+") and (kind := found_in(line)):
            yield f"{commit} {file}: {kind}"


def history(root: Path) -> Iterator[str]:
    """What every commit up to the present one added, in git's words."""
    command = [
        "git",
        "-C",
        str(root),
        "log",
        "HEAD",
        "--patch",
        "--unified=0",
        "--no-color",
        "--no-ext-diff",
        "--text",
    ]
    # Environments with packages of others never belong there; what those carry in their tests opens nothing of ours.
    command += ["--", ".", ":(exclude,glob).venv*/**"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        assert process.stdout
        yield from process.stdout
    if process.returncode:
        sys.exit("git could not tell the history, so no secret was looked for.")


def main() -> int:
    """1 if anything looks like a secret, else 0."""
    findings = sorted(set(told(history(ROOT))))
    print(f"secrets: {len(findings)} in the history.")
    for line in findings:
        print(f"  {line}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
