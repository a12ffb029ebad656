"""The kinds of e-mail that a policy has a say in: who gets them, and whether they may wait for a daily digest."""

from typing import Literal

NoticeKind = Literal[
    "submitted",
    "withdrawn",
    "assigned",
    "returned",
    "recommended",
    "approved",
    "implemented",
    "extended",
    "paused",
    "resumed",
    "delivered",
    "recomputed",
    "extension-asked",
    "extension-refused",
]
# What else a policy's readers are told of a strategy; the rest is about accounts and how the system runs.
AnyNoticeKind = (
    NoticeKind | Literal["declined", "recused", "remarks", "section-assigned", "section-due", "section-taken-back"]
)
