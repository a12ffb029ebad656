"""The file of anchors: one line of JSON a day, appended and never changed, best kept on another machine."""

import fcntl
import json
import os
from pathlib import Path

from cxworkflow.services import anchors
from cxworkflow.verify_record import read_anchors


def bring_up_to_date(path: Path) -> int:
    """Append the anchors that the file lacks; returns how many. Two at once: the second finds it done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = read_anchors(path)
        fresh = anchors.since(max((each.day for each in known), default=""))
        file.writelines(json.dumps(each) + "\n" for each in fresh)
        file.flush()
        os.fsync(file.fileno())
    return len(fresh)
