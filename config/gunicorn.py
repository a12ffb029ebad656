"""How gunicorn serves the pages: processes with threads, logging without addresses."""

import os
import shutil
import tempfile
from typing import Any

workers = int(os.environ.get("CXWORKFLOW_WEB_WORKERS", "1"))
threads = 8
worker_class = "gthread"
timeout = 30
graceful_timeout = 20
accesslog = None  # addresses of people are personal data
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
# Nobody's word on how a request came is taken here, be they on this machine; the pages themselves read what a proxy of
# ours adds, as far as CXWORKFLOW_TRUSTED_PROXIES says.
forwarded_allow_ips = ""
forwarder_headers = ""
# Several processes put together what each has counted for Prometheus, or a scrape would tell of one of them.
COUNTED = tempfile.mkdtemp(prefix="cxworkflow-counted-") if workers > 1 else None
if COUNTED:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = COUNTED


def child_exit(_server: object, worker: Any) -> None:
    """What an ended process has counted still counts."""
    if COUNTED:
        from prometheus_client import multiprocess  # noqa: PLC0415  # it looks for the folder when it is imported

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # it says no types


def on_exit(_server: object) -> None:
    """What was counted ends with the last of them, like that of a single process."""
    if COUNTED:
        shutil.rmtree(COUNTED, ignore_errors=True)
