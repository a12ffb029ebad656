"""The nouns."""

from cxworkflow.models.account_review import AccountReview
from cxworkflow.models.attachment import Attachment, AttachmentContent
from cxworkflow.models.clock import Clock, ClockChange, ExtensionRequest, OfficeClosure
from cxworkflow.models.comment import Audience, Comment, Kind, Reply
from cxworkflow.models.event import Anchor, Event, RecordCheck
from cxworkflow.models.notice import Attempt, Notice
from cxworkflow.models.operations import DemoClock, Heartbeat, JobRun, SweepRun
from cxworkflow.models.people import Appointment, Component, Person, Role
from cxworkflow.models.policy import Deliverable, PolicyEdition
from cxworkflow.models.preference import Preference
from cxworkflow.models.presence import Presence
from cxworkflow.models.retention import Disposal, LegalHold
from cxworkflow.models.review import (
    Decision,
    DecisionLetter,
    Mark,
    Outcome,
    Recommendation,
    Recusal,
    Review,
    RubricMark,
)
from cxworkflow.models.signing_in import Identity, SignIn, SignInLink
from cxworkflow.models.strategy import (
    Answer,
    AnswerRevision,
    Assignment,
    ImplementationReport,
    Strategy,
    Version,
)

__all__ = [
    "AccountReview",
    "Anchor",
    "Answer",
    "AnswerRevision",
    "Appointment",
    "Assignment",
    "Attachment",
    "AttachmentContent",
    "Attempt",
    "Audience",
    "Clock",
    "ClockChange",
    "Comment",
    "Component",
    "Decision",
    "DecisionLetter",
    "Deliverable",
    "DemoClock",
    "Disposal",
    "Event",
    "ExtensionRequest",
    "Heartbeat",
    "Identity",
    "ImplementationReport",
    "JobRun",
    "Kind",
    "LegalHold",
    "Mark",
    "Notice",
    "OfficeClosure",
    "Outcome",
    "Person",
    "PolicyEdition",
    "Preference",
    "Presence",
    "Recommendation",
    "RecordCheck",
    "Recusal",
    "Reply",
    "Review",
    "Role",
    "RubricMark",
    "SignIn",
    "SignInLink",
    "Strategy",
    "SweepRun",
    "Version",
]
