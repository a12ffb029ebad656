"""The process that reads one file from outside, on its input: `python -m cxworkflow.uploads.reading ENDING`."""

import resource
import sys

from cxworkflow.uploads.content import check
from cxworkflow.uploads.kinds import Unfit

SECONDS = 15
MEMORY = 1024 * 1024 * 1024  # bytes


def main() -> None:
    """Print what is wrong with it; nothing if nothing is."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if sys.platform == "linux":  # elsewhere the limit is refused or not kept
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        check(sys.argv[1], sys.stdin.buffer.read())
    except Unfit as unfit:
        sys.stdout.buffer.write(str(unfit).encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
