"""Arrays that we write ourselves come back from PostgreSQL as what was written, whatever stands in them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from cxworkflow.arrays import numbers, words
from cxworkflow.db import session

pytestmark = pytest.mark.integration
WORDS = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
ON_ONE_DATABASE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@ON_ONE_DATABASE
@given(WORDS)
@pytest.mark.usefixtures("app")
def test_words_come_back_as_they_were_whatever_stands_in_them(written: list[str]) -> None:
    assert session().scalar(text("select cast(:array as text[])"), {"array": words(written)}) == written


@ON_ONE_DATABASE
@given(st.lists(st.integers(-(2**63), 2**63 - 1)))
@pytest.mark.usefixtures("app")
def test_whole_numbers_come_back_as_they_were_in_either_writing(written: list[int]) -> None:
    for array in (numbers(written), words(written)):
        assert session().scalar(text("select cast(:array as bigint[])"), {"array": array}) == written
