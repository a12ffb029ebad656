"""The smallest parts that policy and organization files are made of."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints


class Part(BaseModel):
    """A frozen value read from a file: unknown keys are refused, and nothing is converted silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


Prose = Annotated[str, StringConstraints(pattern=r"\S", max_length=20_000)]
"""Words for people to read."""

ClauseId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,31}$")]
"""A clause of a policy, such as `IV.c.5.a`."""

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
"""A name in small letters, figures and hyphens, such as `order-7`."""

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""The name of a field in answers, such as `series_grade`."""

RoleName = Literal[
    "contributor",
    "lead",
    "executive",
    "directorate-reviewer",
    "directorate-lead",
    "cio",
    "ocio-hq-lead",
    "auditor",
    "administrator",
]
"""Who is told: the values of `models.Role`."""


def anchor(kind: str, name: str) -> str:
    """The HTML id of a passage on its page: ("word", "Customer experience (CX)") -> "word-customer-experience-cx"."""
    return f"{kind}-{re.sub(r'[^a-z0-9]+', '-', name.casefold()).strip('-')}"
