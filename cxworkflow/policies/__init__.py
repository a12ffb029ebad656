"""Policies as data: what one is, read from its file and checked; pure, without a database or a network."""

from pathlib import Path

from cxworkflow.policies.acting import ActionRule, DeliverableRule
from cxworkflow.policies.clauses import Clause
from cxworkflow.policies.homes import Home, homes_of
from cxworkflow.policies.ladders import Ladder, Recipient
from cxworkflow.policies.load import read_toml
from cxworkflow.policies.model import (
    ClockRule,
    ExtensionLimit,
    Policy,
    Principle,
    Word,
)
from cxworkflow.policies.names import Names
from cxworkflow.policies.questions import Choice, Field, Section
from cxworkflow.policies.rules import faults_between

__all__ = [
    "ActionRule",
    "Choice",
    "Clause",
    "ClockRule",
    "DeliverableRule",
    "ExtensionLimit",
    "Field",
    "Home",
    "Ladder",
    "Names",
    "Policy",
    "Principle",
    "Recipient",
    "Section",
    "Word",
    "homes_of",
    "read_policy",
]


def read_policy(source: Path | str | bytes, *, file: str | None = None) -> Policy:
    """The policy in a TOML file or in its bytes; raises InvalidInput with every fault; `file` names the bytes."""
    return read_toml(source, Policy, faults_between, file=file).with_principles_to_choose()
