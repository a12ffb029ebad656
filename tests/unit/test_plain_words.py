"""Everything that is sent or recorded has its plain words."""

import re
from pathlib import Path
from typing import get_args

import pytest

from cxworkflow.calendar import ClockState
from cxworkflow.models.notice import NoticeState
from cxworkflow.policies.model import ClockStart, ClockStop
from cxworkflow.policies.notice_kinds import NoticeKind
from cxworkflow.web import clocks, plain_words
from cxworkflow.wording import NOTICE_KINDS, counted

pytestmark = pytest.mark.unit

EMAILS = Path(__file__).parents[2] / "templates" / "email"


def test_each_kind_of_e_mail_has_a_name_and_a_reason() -> None:
    sent = {folder.name for folder in EMAILS.iterdir() if folder.is_dir()}
    assert sent == set(NOTICE_KINDS)
    assert sent - {"deadline"} == set(plain_words._EVENTS)
    assert set(get_args(NoticeKind)) <= sent


def test_what_a_list_is_of_is_said_of_one_as_of_many() -> None:
    pages = " ".join(path.read_text(encoding="utf-8") for path in (EMAILS.parents[1] / "cxworkflow/web").glob("*.py"))
    nouns = set(re.findall(r'Listing\(\s*"([^"]+)"', pages))
    assert len(nouns) > 20
    assert {counted(2, noun) for noun in nouns} == {f"2 {noun}" for noun in nouns}
    first = {counted(1, noun).split()[1] for noun in nouns}
    assert not {word for word in first if word.endswith("s")}
    assert {"strategy", "delivery", "person", "piece", "line", "answer", "clock"} <= first
    assert counted(1, "strategies") == "1 strategy"
    assert counted(1_200, "lines of the record") == "1,200 lines of the record"


def test_each_state_has_a_name() -> None:
    assert set(plain_words.NOTICE_STATES) == set(NoticeState)
    assert set(clocks.STATES) == set(ClockState)


def test_each_start_and_stop_of_a_clock_has_words() -> None:
    assert set(plain_words._STARTS) == set(get_args(ClockStart))
    assert set(plain_words._STOPS) == set(get_args(ClockStop))
