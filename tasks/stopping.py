"""Ending in good order: from the first SIGTERM on nothing new is begun, and what is under way is done to its end."""

from ctypes import c_bool
from multiprocessing.sharedctypes import RawValue

from celery import signals

# Shared with the processes of the pool, which are forked; without a lock, since a signal sets it.
_ASKED = RawValue(c_bool, False)


def asked_to_stop() -> bool:
    """Whether this worker, pool processes and all, has been asked to end."""
    return bool(_ASKED.value)


@signals.worker_shutting_down.connect(weak=False)
def _asked(**_: object) -> None:
    _ASKED.value = True
