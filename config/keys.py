"""Keys that sign: long enough, and nothing that somebody typed to fill the field."""

from collections.abc import Sequence
from itertools import pairwise

from cxworkflow.errors import SettingError

LEAST = 32  # characters
LEAST_DIFFERENT = 8  # of 32 random hexadecimal digits, about 14 differ; fewer than 8 never happens
PLACEHOLDERS = ("changeme", "change-me", "change_me", "default", "example", "password", "placeholder", "secret")


def refuse_weak_keys(key: str, former: Sequence[str]) -> None:
    """Raises SettingError for a key that is short, repeats itself or stands in some manual."""
    if len(key) < LEAST:
        raise SettingError(f"CXWORKFLOW_SECRET_KEY is too short: use at least {LEAST} random characters.")
    if any(len(each) < LEAST for each in former):
        raise SettingError(
            f"CXWORKFLOW_SECRET_KEY_FALLBACKS has a key of less than {LEAST} characters in it. List the former "
            "keys whole, with a space between them."
        )
    if _typed(key) or any(map(_typed, former)):
        raise SettingError(
            "CXWORKFLOW_SECRET_KEY or one of its FALLBACKS is no random key: somebody could guess it. Make one: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )


def refuse_weak_token(token: str | None) -> None:
    """The same of the scraper's token, if there is one."""
    if token is not None and (len(token) < LEAST or _typed(token)):
        raise SettingError(
            f"CXWORKFLOW_METRICS_TOKEN could be guessed: use at least {LEAST} random characters, as for the secret key."
        )


def _typed(key: str) -> bool:
    repeats = any(key == (key[:length] * len(key))[: len(key)] for length in range(1, len(key) // 2 + 1))
    climbs = sum(ord(after) - ord(before) == 1 for before, after in pairwise(key)) > len(key) // 2
    words = any(each in key.lower() for each in PLACEHOLDERS)
    return repeats or climbs or words or len(set(key)) < LEAST_DIFFERENT
