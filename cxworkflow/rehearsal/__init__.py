"""Rehearsals: a scenario played day by day through the real verbs, sweep, sender and a real SMTP sink."""

from cxworkflow.rehearsal.play import rehearse
from cxworkflow.rehearsal.scenario import Scenario, read_scenario

__all__ = ["Scenario", "read_scenario", "rehearse"]
