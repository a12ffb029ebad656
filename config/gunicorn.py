"""How gunicorn serves the pages: one process with threads, replaced one at a time, logging without addresses."""

import os

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
