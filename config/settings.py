"""The settings: frozen, typed, read once from the environment. A missing or wrong one stops the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import quote, urlsplit

from config.keys import refuse_weak_keys, refuse_weak_token
from config.lines import refuse_open_lines
from config.providers import Provider, read_providers
from config.secret_files import with_files
from cxworkflow.errors import SettingError

FOLDER = Path(__file__).parent
POLICIES = FOLDER / "policies"
ORGANIZATIONS = FOLDER / "organizations"
RECORDS = FOLDER / "records.toml"
PUBLICATION = FOLDER / "publication.toml"
COLLECTIONS = FOLDER / "collections"
CLAUSE_TESTS = FOLDER / "clause_tests.json"  # written by `python -m tests.clauses`
PREFIX = "CXWORKFLOW_"
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """Everything that differs between one installation and another."""

    database_url: str
    redis_url: str
    smtp_url: str
    secret_key: str
    base_url: str
    mail_from: str
    journal_folder: Path | None = None
    journal_address: str | None = None
    journal_url: str | None = None
    anchor_file: Path | None = None
    demo: bool = False
    secure_cookies: bool = True
    secret_key_fallbacks: tuple[str, ...] = ()
    security_contact: str = ""
    providers: tuple[Provider, ...] = ()
    owner_database_url: str | None = None  # for migrations, where the application's own login owns nothing
    clamd_url: str | None = None
    largest_attachment: int = 10 * MEGABYTE  # bytes
    most_attached: int = 100 * MEGABYTE  # bytes, in all files of one strategy
    trusted_proxies: int = 0
    sign_in_links: bool = True
    departments: tuple[str, ...] = ("dhs",)  # whose policies come into force here
    metrics_token: str | None = None
    traces_url: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The secret key, then the former ones: whatever was signed before a rotation still counts."""
        return (self.secret_key, *self.secret_key_fallbacks)

    @property
    def has_journal(self) -> bool:
        """Whether it can be looked up which e-mails have arrived."""
        return bool(self.journal_url or self.journal_folder)


def read(environment: Mapping[str, str]) -> Settings:
    """The settings as the environment gives them; raises SettingError with one sentence."""
    environment = with_files(environment)
    demo = _yes(environment, "DEMO")
    base_url = _url(environment, "BASE_URL", ("http", "https")).rstrip("/")
    folder, anchors = environment.get(f"{PREFIX}JOURNAL_FOLDER"), environment.get(f"{PREFIX}ANCHOR_FILE")
    settings = Settings(
        database_url=_with_password(environment, _database_url(environment, "DATABASE_URL"), "DATABASE_PASSWORD"),
        owner_database_url=_database_url(environment, "OWNER_DATABASE_URL")
        if environment.get(f"{PREFIX}OWNER_DATABASE_URL")
        else None,
        redis_url=_redis_url(environment),
        smtp_url=_url(environment, "SMTP_URL", ("smtp", "smtps")),
        secret_key=_needed(environment, "SECRET_KEY"),
        secret_key_fallbacks=tuple(environment.get(f"{PREFIX}SECRET_KEY_FALLBACKS", "").split()),
        base_url=base_url,
        mail_from=environment.get(f"{PREFIX}MAIL_FROM") or "CX Workflow <cx-workflow@localhost.localdomain>",
        journal_folder=Path(folder) if folder else None,
        journal_url=_url(environment, "JOURNAL_URL", ("imap", "imaps"))
        if environment.get(f"{PREFIX}JOURNAL_URL")
        else None,
        anchor_file=Path(anchors) if anchors else None,
        journal_address=environment.get(f"{PREFIX}JOURNAL_ADDRESS") or None,
        demo=demo,
        secure_cookies=urlsplit(base_url).scheme == "https",
        security_contact=environment.get(f"{PREFIX}SECURITY_CONTACT", "").strip() or f"{base_url}/",
        providers=read_providers(environment),
        clamd_url=_clamd_url(environment),
        largest_attachment=_count(environment, "ATTACHMENT_MEGABYTES", 10, most=100) * MEGABYTE,
        most_attached=_count(environment, "ATTACHMENTS_MEGABYTES", 100, most=10_000) * MEGABYTE,
        trusted_proxies=_count(environment, "TRUSTED_PROXIES", 0, least=0, most=10),
        sign_in_links=_yes(environment, "SIGN_IN_LINKS", "yes"),
        departments=_departments(environment),
        traces_url=_url(environment, "TRACES_URL", ("http", "https"))
        if environment.get(f"{PREFIX}TRACES_URL")
        else None,
        metrics_token=environment.get(f"{PREFIX}METRICS_TOKEN", "").strip() or None,
    )
    refuse_weak_keys(settings.secret_key, settings.secret_key_fallbacks)
    refuse_weak_token(settings.metrics_token)
    if not settings.demo:
        lines = {
            "DATABASE_URL": settings.database_url,
            "OWNER_DATABASE_URL": settings.owner_database_url,
            "REDIS_URL": settings.redis_url,
            "SMTP_URL": settings.smtp_url,
            "JOURNAL_URL": settings.journal_url,
            "CLAMD_URL": settings.clamd_url,
            "BASE_URL": settings.base_url,
            "TRACES_URL": settings.traces_url,
        }
        refuse_open_lines(lines, environment.get(f"{PREFIX}PLAIN_HOSTS", "").split())
    if not settings.security_contact.startswith(("https://", "http://", "mailto:", "tel:")):
        raise SettingError(
            f"{PREFIX}SECURITY_CONTACT is not an address that a browser can open: write it as "
            "mailto:security@example.gov or https://example.gov/security."
        )
    if settings.journal_url and not settings.journal_address:
        raise SettingError(
            f"{PREFIX}JOURNAL_URL is set without {PREFIX}JOURNAL_ADDRESS: name the address whose mailbox it is, "
            "so that every e-mail is copied there."
        )
    if settings.demo and settings.providers:
        raise SettingError(
            f"{PREFIX}DEMO lets anybody sign in as anybody, so it can't be on where an identity provider is set. "
            f"Unset {PREFIX}DEMO, or the settings of the provider."
        )
    if not (settings.demo or settings.providers or settings.sign_in_links):
        raise SettingError(
            f"{PREFIX}SIGN_IN_LINKS is off and no identity provider is set, so nobody could sign in. Set a provider, "
            "or turn the links on."
        )
    if "@" not in parseaddr(settings.mail_from)[1]:
        raise SettingError(f"{PREFIX}MAIL_FROM has no e-mail address in it: write it as Name <name@example.gov>.")
    return settings


def _departments(environment: Mapping[str, str]) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(environment.get(f"{PREFIX}DEPARTMENTS", "dhs").split()))
    known = sorted(path.stem for path in ORGANIZATIONS.glob("*.toml"))
    unknown = [each for each in named if each not in known]
    if unknown or not named:
        wrong = f"names {unknown[0]}, which has no file in config/organizations" if unknown else "names nobody"
        raise SettingError(f"{PREFIX}DEPARTMENTS {wrong}. Use one or more of: {', '.join(known)}.")
    return named


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(PREFIX + name, "").strip()
    if not value:
        raise SettingError(f"{PREFIX}{name} is not set. The README lists the settings and what each one is for.")
    return value


def _url(environment: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    value = _needed(environment, name)
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  # reading it checks it
    except ValueError:
        raise SettingError(f"{PREFIX}{name} is not a valid address.") from None
    if parts.scheme not in schemes:
        raise SettingError(f"{PREFIX}{name} has to begin with {' or '.join(f'{scheme}://' for scheme in schemes)}.")
    return value


def _database_url(environment: Mapping[str, str], name: str) -> str:
    given = _url(environment, name, ("postgresql", "postgresql+psycopg"))
    return given.replace("postgresql://", "postgresql+psycopg://", 1)


def _redis_url(environment: Mapping[str, str]) -> str:
    given = _url(environment, "REDIS_URL", ("redis", "rediss", "redis+socket"))
    return _with_password(environment, given, "REDIS_PASSWORD")


def _with_password(environment: Mapping[str, str], address: str, name: str) -> str:
    """The address with the password of that setting, where it names somebody and no password of its own."""
    password = environment.get(f"{PREFIX}{name}", "").strip()
    parts = urlsplit(address)
    if not password or not parts.username or parts.password is not None:
        return address
    who, _, where = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{who}:{quote(password, safe='')}@{where}").geturl()


def _clamd_url(environment: Mapping[str, str]) -> str | None:
    if not environment.get(f"{PREFIX}CLAMD_URL", "").strip():
        return None
    url = _url(environment, "CLAMD_URL", ("unix", "tcp"))
    parts = urlsplit(url)
    if (parts.scheme == "unix") == bool(parts.netloc) or (parts.scheme == "unix") != bool(parts.path.strip("/")):
        raise SettingError(f"{PREFIX}CLAMD_URL is written as unix:///path/to/socket or tcp://host:3310.")
    return url


def _count(environment: Mapping[str, str], name: str, otherwise: int, *, least: int = 1, most: int) -> int:
    value = environment.get(PREFIX + name, "").strip() or str(otherwise)
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise SettingError(f"{PREFIX}{name} is “{value}”: use a whole number from {least:,} to {most:,}.")
    return int(value)


def _yes(environment: Mapping[str, str], name: str, otherwise: str = "no") -> bool:
    value = environment.get(PREFIX + name, "").strip().lower() or otherwise
    if value not in ("0", "1", "no", "yes", "false", "true"):
        raise SettingError(f"{PREFIX}{name} is “{value}”: use yes or no.")
    return value in ("1", "yes", "true")
