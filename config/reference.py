"""The settings reference of the README, made from the settings class: `python -m config.reference` writes it anew.

What each setting is for stands here, by the field that it fills; whether it is needed, and what holds without it, is
asked of the reading itself.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from config.settings import MEGABYTE, PREFIX, read
from cxworkflow.errors import SettingError

README = Path(__file__).parents[1] / "README.md"
BEGINS = "<!-- settings: `python -m config.reference` writes this table -->"
LEAST = {
    "DATABASE_URL": "postgresql+psycopg://localhost/cxworkflow",
    "REDIS_URL": "redis://localhost:6379/0",
    "SMTP_URL": "smtp://localhost:25",
    "SECRET_KEY": "only to read the rest, and long enough",
    "BASE_URL": "http://localhost:8076",
}

# Field of the class: its settings, each with what it is for.
OF_THE_CLASS: dict[str, dict[str, str]] = {
    "database_url": {
        "DATABASE_URL": "PostgreSQL 15 or newer: `postgresql://user:password@host/database?sslmode=verify-full`",
        "DATABASE_PASSWORD": "its password, where the URL has none: a secret for a file",
    },
    "owner_database_url": {
        "OWNER_DATABASE_URL": "the same for the login that owns the tables, where it is another: only "
        "`cxworkflow migrate` needs it",
    },
    "redis_url": {
        "REDIS_URL": "Redis or Valkey: `rediss://user:password@host:6379/0`. Losing it loses nothing; e-mails only go "
        "out later",
        "REDIS_PASSWORD": "its password, where the URL has none: a secret for a file",
    },
    "smtp_url": {"SMTP_URL": "the mail server: `smtp://user:password@host:587?starttls=1`"},
    "secret_key": {"SECRET_KEY": "at least 32 random characters"},
    "secret_key_fallbacks": {
        "SECRET_KEY_FALLBACKS": "former keys, with a space between them. To rotate: move the old key here, set a new "
        "one, start again; nobody is signed out. Give each webhook another secret, and take the old one away after a "
        "day",
    },
    "base_url": {
        "BASE_URL": "the address people use: for the links in e-mails, and the only name under which pages are answered"
    },
    "mail_from": {"MAIL_FROM": "the sender of e-mails"},
    "journal_address": {"JOURNAL_ADDRESS": "an address that gets a blind copy of every e-mail"},
    "journal_url": {
        "JOURNAL_URL": "its mailbox: `imaps://user:password@host/INBOX`. A send that broke off is looked up there "
        "before it is repeated; without one it waits for a person",
    },
    "journal_folder": {"JOURNAL_FOLDER": "the same for the local mailbox: the folder in which it keeps what arrived"},
    "anchor_file": {
        "ANCHOR_FILE": "a file that gets the last line of the record every day; best on another machine",
    },
    "security_contact": {
        "SECURITY_CONTACT": "whom to tell of a weakness, in `/.well-known/security.txt`: "
        "`mailto:security@example.gov`. Without it, the address people use",
    },
    "providers": {
        "OIDC_<NAME>_ISSUER": "an identity provider that people sign in with (OpenID Connect), as often as there are "
        "providers; `<NAME>` is letters and digits. Register `<BASE_URL>/sign-in/with/<name>/callback` there, and "
        "`<BASE_URL>/sign-in` for after signing out",
        "OIDC_<NAME>_CLIENT_ID": "as whom it knows us",
        "OIDC_<NAME>_LABEL": "what people read on the button",
        "OIDC_<NAME>_CLIENT_SECRET": "how we prove to it who we are: a secret",
        "OIDC_<NAME>_PRIVATE_KEY_FILE": "or a key in PEM form (RSA with 3072 bits, or EC on P-256) for "
        "`private_key_jwt`",
        "OIDC_<NAME>_ACR_VALUES": "how strongly people have to sign in there, in the provider's words with spaces "
        "between them: it is asked for one of these, and whoever comes back with another is turned away",
    },
    "sign_in_links": {
        "SIGN_IN_LINKS": "`no` where everybody has a provider: then there are no sign-in links in e-mails, which are "
        "weaker",
    },
    "largest_attachment": {"ATTACHMENT_MEGABYTES": "the largest file that can be attached"},
    "most_attached": {"ATTACHMENTS_MEGABYTES": "how much all files of a strategy may have"},
    "clamd_url": {
        "CLAMD_URL": "ClamAV’s daemon, which is asked about each file before it is taken: "
        "`unix:///run/clamav/clamd.ctl` or `tcp://clamd:3310`. While it does not answer, no file is taken; its "
        "`StreamMaxLength` has to be 32 MB at least",
    },
    "trusted_proxies": {
        "TRUSTED_PROXIES": "how many proxies of yours stand before the pages and add to `X-Forwarded-For`. Without it, "
        "all who are not signed in yet share one limit of sign-ins behind a proxy",
    },
    "departments": {
        "DEPARTMENTS": "the departments whose policies come into force here, by the names of their files in "
        "`config/organizations/`, with spaces between them",
    },
    "metrics_token": {
        "METRICS_TOKEN": "at least 32 random characters: who brings them as `Authorization: Bearer …` reads the "
        "figures for Prometheus at `/prometheus`. Without it that address does not exist",
    },
    "traces_url": {
        "TRACES_URL": "who gathers spans of pages, statements and tasks (OpenTelemetry, OTLP over HTTP): "
        "`https://collector.example.gov/v1/traces`. It needs `pip install cxworkflow[otel]`. Without it none are made",
    },
    "demo": {"DEMO": "`cxworkflow demo` sets it: anybody signs in as anybody, so never where real people are"},
}
FOLLOW = {"secure_cookies": "BASE_URL"}  # what no setting of its own says
# What the class does not hold: what each is for, and what holds without it where it is read.
BESIDE: dict[str, tuple[str, str]] = {
    "PLAIN_HOSTS": (
        "hosts, with spaces between them, that are spoken to without TLS, since only a private network leads there",
        "an address on another machine without TLS stops the start",
    ),
    "HOME": ("where embedded services keep their state", "`var` in the present folder"),
    "PORT": ("the port of the pages", "8076"),
    "BIND": ("the address of this machine on which the pages are served", "127.0.0.1"),
    "WEB_WORKERS": ("processes of one web part, each with 8 threads", "1"),
    "WORKER_PARTS": ("worker parts that docker-compose.yml runs", ""),
    "WORKERS": ("processes of one worker part", "1"),
}
# Files that say by themselves what holds without a setting, each with how it says so.
SAY_THEMSELVES = {
    "Dockerfile": re.compile(r"\bCXWORKFLOW_(\w+)=(\S+)"),
    "docker-compose.yml": re.compile(r"\$\{CXWORKFLOW_(\w+):-([^}]*)\}"),
}


def rows() -> Iterator[tuple[str, str, str]]:
    """Each setting with what it is for and what holds without it."""
    without = read({PREFIX + name: value for name, value in LEAST.items()})
    for field, settings in OF_THE_CLASS.items():
        for name, words in settings.items():
            held = "needed" if needed(name) else _shown(getattr(without, field), name)
            yield PREFIX + name, words, without_it(name, held)
    for name, (words, held) in BESIDE.items():
        yield PREFIX + name, words, without_it(name, held)


def without_it(name: str, held: str) -> str:
    """What holds without a setting, and what holds instead in a file that says so itself."""
    told = [held] if held else []
    for file, says in SAY_THEMSELVES.items():
        own = dict(says.findall((README.parent / file).read_text(encoding="utf-8"))).get(name)
        if own is not None and own != held:
            told.append(f"in {file} `{own}`" if "://" in own else f"in {file} {own}")
    return ", ".join(told)


def needed(name: str) -> bool:
    """Whether the start is refused without this setting."""
    try:
        read({PREFIX + each: value for each, value in LEAST.items() if each != name})
    except SettingError:
        return True
    return False


def _shown(value: object, name: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value // MEGABYTE if name.endswith('MEGABYTES') else value}"
    if isinstance(value, tuple):
        return " ".join(f"`{each}`" for each in value)
    return f"`{value}`" if name == "MAIL_FROM" else ""


def readme() -> str:
    """The README with the table as it has to be."""
    table = ["| setting | what it is for | without it |", "|---|---|---|"]
    table += [f"| `{name}` | {words} | {without} |" for name, words, without in rows()]
    before, _, after = README.read_text(encoding="utf-8").partition(BEGINS)
    rest = re.sub(r"\A\n(\|.*\n)*", "", after)
    return "\n".join([before + BEGINS, *table, rest])


if __name__ == "__main__":
    README.write_text(readme(), encoding="utf-8")
