"""The nouns."""

from cxworkflow.models.account_review import AccountReview
from cxworkflow.models.actions import ActionLink, ActionStanding, ActionState, ActionStep
from cxworkflow.models.api_token import ApiToken, Area
from cxworkflow.models.attachment import Attachment, AttachmentContent
from cxworkflow.models.clock import Clock, ClockChange, ExtensionRequest, OfficeClosure
from cxworkflow.models.closing import CloseLine, FiscalClose
from cxworkflow.models.comment import Audience, Comment, Kind, Reply
from cxworkflow.models.commitment import (
    Citation,
    Commitment,
    CommitmentChange,
    CommitmentState,
    Completion,
    Evidence,
    Progress,
    Reading,
)
from cxworkflow.models.duties import (
    Concurrence,
    ConcurrenceComment,
    Disposition,
    DutyDraft,
    KeptFile,
    Position,
    Round,
    RoundAsked,
    Signature,
)
from cxworkflow.models.event import Anchor, Event, RecordCheck
from cxworkflow.models.guidance import Acknowledgement, Guidance, GuidanceAudience, GuidanceKind
from cxworkflow.models.notice import Attempt, Notice
from cxworkflow.models.operations import DemoClock, Heartbeat, JobRun, SweepRun
from cxworkflow.models.people import Appointment, Component, FormerPlace, Person, Role
from cxworkflow.models.policy import Deliverable, PolicyEdition
from cxworkflow.models.preference import CalendarFeed, Preference
from cxworkflow.models.presence import Presence
from cxworkflow.models.publication import Publication, Published, Withholding
from cxworkflow.models.quarter import Light, QuarterEntry, QuarterReport, QuarterState, Service
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
from cxworkflow.models.webhook import Delivery, DeliveryAttempt, DeliveryState, Webhook

__all__ = [
    "AccountReview",
    "Acknowledgement",
    "ActionLink",
    "ActionStanding",
    "ActionState",
    "ActionStep",
    "Anchor",
    "Answer",
    "AnswerRevision",
    "ApiToken",
    "Appointment",
    "Area",
    "Assignment",
    "Attachment",
    "AttachmentContent",
    "Attempt",
    "Audience",
    "CalendarFeed",
    "Citation",
    "Clock",
    "ClockChange",
    "CloseLine",
    "Comment",
    "Commitment",
    "CommitmentChange",
    "CommitmentState",
    "Completion",
    "Component",
    "Concurrence",
    "ConcurrenceComment",
    "Decision",
    "DecisionLetter",
    "Deliverable",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryState",
    "DemoClock",
    "Disposal",
    "Disposition",
    "DutyDraft",
    "Event",
    "Evidence",
    "ExtensionRequest",
    "FiscalClose",
    "FormerPlace",
    "Guidance",
    "GuidanceAudience",
    "GuidanceKind",
    "Heartbeat",
    "Identity",
    "ImplementationReport",
    "JobRun",
    "KeptFile",
    "Kind",
    "LegalHold",
    "Light",
    "Mark",
    "Notice",
    "OfficeClosure",
    "Outcome",
    "Person",
    "PolicyEdition",
    "Position",
    "Preference",
    "Presence",
    "Progress",
    "Publication",
    "Published",
    "QuarterEntry",
    "QuarterReport",
    "QuarterState",
    "Reading",
    "Recommendation",
    "RecordCheck",
    "Recusal",
    "Reply",
    "Review",
    "Role",
    "Round",
    "RoundAsked",
    "RubricMark",
    "Service",
    "SignIn",
    "SignInLink",
    "Signature",
    "Strategy",
    "SweepRun",
    "Version",
    "Webhook",
    "Withholding",
]
