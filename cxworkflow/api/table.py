"""The one table of endpoints: routes, the OpenAPI document and the reference page come from it."""

from cxworkflow.api import (
    clocks,
    comments,
    commitment_changes,
    commitments,
    decisions,
    events,
    implementation,
    metrics,
    notices,
    policies,
    publications,
    quarters,
    reviews,
    sections,
    strategies,
    versions,
)
from cxworkflow.api.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *policies.ENDPOINTS,
    *clocks.ENDPOINTS,
    *strategies.ENDPOINTS,
    *implementation.ENDPOINTS,
    *sections.ENDPOINTS,
    *versions.ENDPOINTS,
    *reviews.ENDPOINTS,
    *comments.ENDPOINTS,
    *decisions.ENDPOINTS,
    *notices.ENDPOINTS,
    *commitments.ENDPOINTS,
    *commitment_changes.ENDPOINTS,
    *metrics.ENDPOINTS,
    *quarters.ENDPOINTS,
    *publications.ENDPOINTS,
    *events.ENDPOINTS,
)
