"""The one way to write a strategy down as bytes, so that equal content has an equal hash (RFC 8785)."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import rfc8785

Named = Mapping[str, Any]
COVERED = ("clause", "name", "sha256")  # of each attached file


def canonical(
    policy_id: str, component: str, title: str, answers: Mapping[str, Any], attachments: Iterable[Named] = ()
) -> bytes:
    """The strategy as canonical JSON in UTF-8, in the shape of a strategy file; without files it can be read back.

    Where files are attached, "attachments" lists the clause, name and SHA-256 of each, in this order.
    """
    whole: dict[str, Any] = {"policy": policy_id, "component": component, "title": title, "answers": dict(answers)}
    attached = sorted(tuple(str(each[fact]) for fact in COVERED) for each in attachments)
    if attached:
        whole["attachments"] = [dict(zip(COVERED, each, strict=True)) for each in attached]
    return rfc8785.dumps(whole)


def sha256_of(
    policy_id: str, component: str, title: str, answers: Mapping[str, Any], attachments: Iterable[Named] = ()
) -> str:
    """The SHA-256 of the canonical bytes, in 64 hexadecimal digits."""
    return sha256(canonical(policy_id, component, title, answers, attachments)).hexdigest()
