"""What several tests of verbs start from: a review under way, and a stage on which commits are real."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from cxworkflow.models import Person, Role, Strategy
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import reviews
from tests.databases import copied, engine_on
from tests.stage import Stage, eastern, using


@pytest.fixture(scope="module")
def shared_live_stage(server_url: str, set_stage: str) -> Iterator[Engine]:
    """A database of its own, with the stage set. What a test commits stays: each takes another Component."""
    with copied(server_url, set_stage) as url:
        engine = engine_on(url, pool_size=30)
        yield engine
        engine.dispose()


@pytest.fixture
def live(shared_app: Flask, shared_live_stage: Engine) -> Iterator[Flask]:
    """The application on that database."""
    with shared_app.app_context(), within(SYSTEM), using(shared_app, shared_live_stage):
        yield shared_app


@pytest.fixture
def reviewer(stage: Stage) -> Person:
    return stage.person(Role.REVIEWER)


@pytest.fixture
def under_review(stage: Stage, reviewer: Person) -> Strategy:
    """CBP's strategy, submitted on December 18, 2023, with a reviewer since the next day."""
    strategy = stage.submitted("CBP")
    reviews.assign(strategy, reviewer, by=stage.person(Role.DIRECTORATE_LEAD), at=eastern("2023-12-19 09:00"))
    return strategy
