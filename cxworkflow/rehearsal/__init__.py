"""Rehearsals: a scenario played day by day through the real verbs, sweep, sender and a real SMTP sink."""

from cxworkflow.rehearsal.play import rehearse
from cxworkflow.rehearsal.scenario import Scenario, read_scenario
from cxworkflow.rehearsal.suppose import suppose
from cxworkflow.rehearsal.supposition import Supposition

__all__ = ["Scenario", "Supposition", "read_scenario", "rehearse", "suppose"]
