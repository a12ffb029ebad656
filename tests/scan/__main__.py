"""`make scan`: a scanner attacks the running demo as several of its people, and finds nothing above low.

The scanner is Wapiti, in an environment of its own. It reads and sends what a browser could, on this machine only: the
modules that would ask other machines are left out (and that for LDAP, which is not here: it takes any two pages that
differ for a finding), and a request to anywhere else leads nowhere. Each of the people attacks for some minutes; what
was found is written to var/scan/.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.functional.conftest import ROOT, closed, free_port, opened

WAPITI = ROOT / ".venv-scan" / "bin" / "wapiti"
REPORTS = ROOT / "var" / "scan"
# Who attacks: nobody who has signed in; a Component; the review; the decision; the accounts.
PEOPLE = (None, "Rosa Delgado", "Marcus Oyelaran", "Ellen Prescott", "Lucia Ferreira")
MODULES = "cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,sql,upload,xss,xxe"
# These would end the sign-in, move the clock of the demo, or play a policy through, and the rest would find nothing.
LEFT_OUT = (
    "sign-out",
    "sign-in",
    "demo/",
    "what-if",
    "people/*/signed-out",
    "people/*/deactivation",
    "people/*/roles*",
)
OPEN = ("sign-in", "privacy", "glossary", "sign-in/link/1/no-such-secret", ".well-known/security.txt", "healthz")
CRAWL, ATTACK, PATIENCE = 30, 8, 600  # seconds: for looking around, for each module, for one of the people at most
LOW = 1
NOWHERE = "http://127.0.0.1:1/"


@dataclass(frozen=True)
class Found:
    """What the scanner found as one of the people, and on how many pages it looked."""

    who: str
    pages: int
    faults: list[str]
    low: int


def main() -> int:
    """Open a demo, attack it as each of the people, close it; 1 if anything above low was found."""
    folder = Path(tempfile.mkdtemp(prefix="cxworkflow-scan-"))
    folder.chmod(0o711)
    REPORTS.mkdir(parents=True, exist_ok=True)
    port = free_port()
    process = opened(folder / "home", port)
    try:
        found = [attacked(f"http://127.0.0.1:{port}/", name, folder) for name in PEOPLE]
    finally:
        closed(process)
        shutil.rmtree(folder)
    for each in found:
        print(f"{each.who}: {each.pages} pages, {len(each.faults)} above low, {each.low} low")
        print("".join(f"  {fault}\n" for fault in each.faults), end="")
    idle = [each.who for each in found if each.pages < 5]
    print("".join(f"{who} has seen too few pages to say anything.\n" for who in idle), end="")
    return 1 if idle or any(each.faults for each in found) else 0


def attacked(address: str, name: str | None, folder: Path) -> Found:
    """Attack as one of the people; raises TimeoutExpired if the scanner does not come to its end."""
    who = name or "nobody"
    report = REPORTS / f"{who.replace(' ', '-').lower()}.json"
    options = ["-u", address, "--scope", "folder", "-m", MODULES, "-f", "json", "-o", str(report), "-dr", "2"]
    options += ["-d", "4", "--max-links-per-page", "60", "--max-files-per-dir", "12", "--max-parameters", "40"]
    options += ["--max-scan-time", str(CRAWL), "--max-attack-time", str(ATTACK), "--tasks", "4", "-t", "10"]
    options += [
        "--endpoint",
        NOWHERE,
        "--store-session",
        str(folder / who),
        "--flush-session",
        "--no-bugreport",
        "-v",
        "0",
    ]
    if name is not None:
        options += [part for path in LEFT_OUT for part in ("-x", f"{address}{path}*")]
        options += ["-C", f"session={signed_in(address, name)}"]
    else:
        # Without cookies, or it would pick a person and be somebody.
        options += ["--drop-set-cookie", *(part for path in OPEN for part in ("-s", f"{address}{path}"))]
    print(f"Attacking as {who}", flush=True)
    # Whatever it would fetch from elsewhere, it asks a port for that nobody listens on.
    quiet = {**os.environ, "NO_PROXY": "127.0.0.1", "HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE}
    subprocess.run(
        [WAPITI, *options],
        cwd=folder,
        env=quiet,
        check=True,
        timeout=PATIENCE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return read(who, json.loads(report.read_text(encoding="utf-8")))


def signed_in(address: str, name: str) -> str:
    """What the cookie of somebody holds who has picked this person."""
    with requests.Session() as browser:
        page = browser.get(f"{address}sign-in", timeout=30).text
        token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
        number = re.findall(rf'value="(\d+)"[^>]*><span>{name}<', page)[0]
        browser.post(f"{address}sign-in", data={"csrf_token": token, "person": number}, timeout=30).raise_for_status()
        return str(browser.cookies["session"])


def read(who: str, told: dict[str, Any]) -> Found:
    """What a report of the scanner says; an error of ours is a fault whatever level it has."""
    faults: list[str] = []
    low = 0
    for part in ("vulnerabilities", "anomalies"):
        for kind, cases in told[part].items():
            for case in cases:
                if case["level"] > LOW or kind == "Internal Server Error":
                    faults.append(f"{kind}: {case['method']} {case['path']} {case['parameter']}: {case['info']}")
                else:
                    low += 1
    return Found(who, told["infos"]["crawled_pages_nbr"], faults, low)


if __name__ == "__main__":
    sys.exit(main())
