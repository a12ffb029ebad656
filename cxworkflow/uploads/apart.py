"""Files from outside are read in a process of their own, with bounds: what breaks there breaks nothing here."""

import subprocess
import sys

from cxworkflow.uploads.kinds import Kind

PATIENCE = 20  # seconds for the whole check
OUT_OF_BOUNDS = "It takes too long or too much memory to read. Save it once more, or split it into smaller files."


def fault_of(kind: Kind, content: bytes) -> str | None:
    """What is wrong with the content of a file of this kind, in sentences; None if nothing is."""
    command = [sys.executable, "-I", "-m", "cxworkflow.uploads.reading", kind.ending]
    try:
        # Nothing of ours is in its surroundings: neither settings nor secrets.
        done = subprocess.run(command, input=content, capture_output=True, env={}, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return OUT_OF_BOUNDS
    if done.returncode != 0:
        return OUT_OF_BOUNDS
    return done.stdout.decode("utf-8").strip() or None
