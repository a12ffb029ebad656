"""Lines to other machines: with TLS that checks certificates, and a password that is none of the usual ones."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from cxworkflow.errors import SettingError

PREFIX = "CXWORKFLOW_"
USUAL = frozenset(
    {"admin", "changeme", "cxworkflow", "default", "guest", "password", "postgres", "redis", "root", "secret", "test"}
)


def refuse_open_lines(lines: dict[str, str | None], plain_hosts: Iterable[str]) -> None:
    """Hold each setting's address against the rules; raises SettingError for the first that breaks one.

    Without TLS only what does not leave this machine, or the network of `plain_hosts`, which the operator names.
    """
    near = frozenset(plain_hosts)
    for name, address in lines.items():
        if address is None:
            continue
        parts = urlsplit(address)
        _refuse_usual_password(name, parts)
        if all(host in near or _stays_here(host) for host in _hosts(parts)):
            continue
        if fault := _FAULTS[parts.scheme](parts):
            raise SettingError(
                f"{PREFIX}{name} leads to another machine without TLS that checks who answers: {fault}. If that "
                f"machine can only be reached through a private network, name it in {PREFIX}PLAIN_HOSTS."
            )


def _refuse_usual_password(name: str, parts: SplitResult) -> None:
    password = unquote(parts.password or "")
    if password and (password.lower() in USUAL or password == parts.username):
        raise SettingError(f"The password in {PREFIX}{name} is one that anybody tries first. Set another one.")


def _hosts(parts: SplitResult) -> list[str]:
    """Every machine that the address names; none for a socket of this one."""
    asked = parse_qs(parts.query)
    given = ",".join(asked.get("hostaddr", []) or asked.get("host", [])) or parts.netloc.rpartition("@")[2]
    if "," in given:
        return [each.partition(":")[0] for each in given.split(",")]
    return [given if "host" in asked or "hostaddr" in asked else parts.hostname or ""]


def _stays_here(host: str) -> bool:
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _of_postgresql(parts: SplitResult) -> str | None:
    checked = parse_qs(parts.query).get("sslmode", [""])[-1] in ("verify-full", "verify-ca")
    return None if checked else "end it with ?sslmode=verify-full&sslrootcert=system, or name the authority's file"


def _of_redis(parts: SplitResult) -> str | None:
    asked = parse_qs(parts.query)
    if parts.scheme != "rediss" or asked.get("ssl_cert_reqs", ["required"])[-1] not in ("required", "CERT_REQUIRED"):
        return "write rediss://, and leave ssl_cert_reqs as it is"
    if asked.get("ssl_check_hostname", ["true"])[-1].lower() not in ("true", "1", "yes"):
        return "leave ssl_check_hostname as it is"
    return None if parts.password else "give it a password"


def _of_smtp(parts: SplitResult) -> str | None:
    secured = parts.scheme == "smtps" or parse_qs(parts.query).get("starttls") == ["1"]
    return None if secured else "write smtps://, or end it with ?starttls=1"


_FAULTS: dict[str, Callable[[SplitResult], str | None]] = {
    "postgresql+psycopg": _of_postgresql,
    "redis": _of_redis,
    "rediss": _of_redis,
    "redis+socket": lambda _: None,
    "smtp": _of_smtp,
    "smtps": _of_smtp,
    "imap": lambda _: "write imaps://",
    "imaps": lambda _: None,
    "tcp": lambda _: "the scanner knows no TLS, so let it listen on this machine",
    "unix": lambda _: None,
    "http": lambda _: "write https://",
    "https": lambda _: None,
}
