"""The kinds of e-mail that a policy has a say in: who gets them, and whether they may wait for a daily digest."""

from typing import Literal

NoticeKind = Literal[
    "submitted",
    "withdrawn",
    "assigned",
    "returned",
    "recommended",
    "approved",
    "implementation-reported",
    "implementation-sent-back",
    "implemented",
    "close-drawn-up",
    "close-statement-asked",
    "close-signed",
    "commitment-reported",
    "commitment-change-proposed",
    "extended",
    "paused",
    "resumed",
    "delivered",
    "recomputed",
    "extension-asked",
    "extension-refused",
    "circulated",
    "answered-round",
    "paper-signed",
    "plan-published",
    "guidance-published",
    "guidance-withdrawn",
    "lesson-offered",
    "quarter-submitted",
    "quarter-cleared",
    "quarter-returned",
    "quarter-sent",
]
# What else a policy's readers are told of a strategy; the rest is about accounts and how the system runs.
AnyNoticeKind = (
    NoticeKind
    | Literal[
        "commitment-checked",
        "commitment-change-decided",
        "declined",
        "edition-moved",
        "plan-withdrawn",
        "recused",
        "remarks",
        "section-assigned",
        "section-due",
        "section-taken-back",
    ]
)
