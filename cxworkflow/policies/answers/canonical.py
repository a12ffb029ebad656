"""The one way to write a strategy down as bytes, so that equal content has an equal hash (RFC 8785)."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import rfc8785


def canonical(policy_id: str, component: str, title: str, answers: Mapping[str, Any]) -> bytes:
    """The strategy as canonical JSON in UTF-8, in the shape of a strategy file; it can be read back."""
    return rfc8785.dumps({"policy": policy_id, "component": component, "title": title, "answers": dict(answers)})


def sha256_of(policy_id: str, component: str, title: str, answers: Mapping[str, Any]) -> str:
    """The SHA-256 of the canonical bytes, in 64 hexadecimal digits."""
    return sha256(canonical(policy_id, component, title, answers)).hexdigest()
