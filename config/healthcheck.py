"""For container engines: `python -m config.healthcheck web|worker|beat` ends with 0 if the part does its work."""

import json
import os
import socket
import sys
import urllib.error
import urllib.request

import psycopg

from config import settings
from cxworkflow.errors import SettingError

# A process writes its heartbeat every 15 seconds, under its kind, host and process id.
SEEN = "select 1 from heartbeat where starts_with(name, %s) and seen_at > clock_timestamp() - interval '60 seconds'"
SECONDS = 5


def web_answers() -> bool:
    """Whether the pages are served and reach their database; other parts have health checks of their own."""
    port = os.environ.get("CXWORKFLOW_PORT", "8076")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=SECONDS) as answer:
            told = json.load(answer)
    except urllib.error.HTTPError as error:
        told = json.load(error)
    return bool(told["database"] == "answers")


def was_seen(kind: str) -> bool:
    """Whether a worker or beat of this very container has lately told the database that it lives."""
    url = settings.read(os.environ).database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(url, connect_timeout=SECONDS) as connection:
        return connection.execute(SEEN, [f"{kind}@{socket.gethostname()}:"]).fetchone() is not None


def main(arguments: list[str]) -> str | None:
    """None if all is well, else what is wrong."""
    if arguments not in (["web"], ["worker"], ["beat"]):
        return "Usage: python -m config.healthcheck web|worker|beat"
    part = arguments[0]
    try:
        well = web_answers() if part == "web" else was_seen(part)
    except (OSError, ValueError, KeyError, psycopg.Error, SettingError) as error:
        return f"{part} is not well: {error}"
    return None if well else f"{part} is not well."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
