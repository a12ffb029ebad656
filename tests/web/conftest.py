"""What several tests of pages start from."""

import pytest

from cxworkflow.db import session
from cxworkflow.models import Strategy
from tests.stage import Stage, eastern
from tests.web.visiting import it_is


@pytest.fixture
def paper(stage: Stage) -> Strategy:
    """CBP's strategy, submitted on December 18, read on December 20."""
    strategy = stage.submitted("CBP")
    session().commit()
    it_is(eastern("2023-12-20 10:00"))
    return strategy
