"""The identity providers that people sign in with, each from its own few settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cxworkflow.errors import SettingError

PREFIX = "CXWORKFLOW_OIDC_"
SETTING = re.compile(rf"{PREFIX}([A-Z0-9]+)_(ISSUER|CLIENT_ID|CLIENT_SECRET|PRIVATE_KEY_FILE|LABEL|ACR_VALUES)")
TAKEN = frozenset(
    {"demo", "e-mail", "link", "stay"}
)  # names that stand for other ways to sign in, or in their addresses


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider, and how we prove to it who we are: a secret, or a private key (PEM).

    With `acr_values`, it has to say that people signed in there in one of these ways.
    """

    name: str
    issuer: str
    client_id: str
    label: str
    client_secret: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    acr_values: tuple[str, ...] = ()


def read_providers(environment: Mapping[str, str]) -> tuple[Provider, ...]:
    """Every provider that the environment names, by name; raises SettingError with one sentence."""
    found: dict[str, dict[str, str]] = {}
    for setting, value in environment.items():
        if not setting.startswith(PREFIX) or not value.strip():
            continue
        named = SETTING.fullmatch(setting)
        if named is None or named[1].lower() in TAKEN:
            raise SettingError(
                f"{setting} is not a setting of an identity provider: write {PREFIX}<NAME>_ISSUER, _CLIENT_ID, "
                "_CLIENT_SECRET or _PRIVATE_KEY_FILE, _LABEL and _ACR_VALUES, where <NAME> is made of letters and "
                "digits."
            )
        found.setdefault(named[1], {})[named[2]] = value.strip()
    return tuple(_provider(name, given) for name, given in sorted(found.items()))


def _provider(name: str, given: Mapping[str, str]) -> Provider:
    for part in ("ISSUER", "CLIENT_ID"):
        if part not in given:
            raise SettingError(f"{PREFIX}{name}_{part} is not set, though other settings of this provider are.")
    if ("CLIENT_SECRET" in given) == ("PRIVATE_KEY_FILE" in given):
        raise SettingError(f"Set either {PREFIX}{name}_CLIENT_SECRET or {PREFIX}{name}_PRIVATE_KEY_FILE, not both.")
    issuer = urlsplit(given["ISSUER"])
    local = issuer.hostname in ("localhost", "127.0.0.1", "::1")
    if not issuer.netloc or issuer.scheme not in (("https", "http") if local else ("https",)):
        raise SettingError(f"{PREFIX}{name}_ISSUER has to begin with https://.")
    return Provider(
        name=name.lower(),
        issuer=given["ISSUER"],
        client_id=given["CLIENT_ID"],
        label=given.get("LABEL", name.title()),
        client_secret=given.get("CLIENT_SECRET"),
        private_key=_key(f"{PREFIX}{name}_PRIVATE_KEY_FILE", given.get("PRIVATE_KEY_FILE")),
        acr_values=tuple(given.get("ACR_VALUES", "").split()),
    )


def _key(setting: str, path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise SettingError(f"{setting} names a file that can't be read as a key in PEM form.") from None
