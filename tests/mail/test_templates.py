"""What people read: every kind of e-mail, in text and in HTML, says who has to do what by when, and why they get it."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import get_args

import pytest
import sqlalchemy as sa

from cxworkflow.db import session
from cxworkflow.mail.compose import TEMPLATES
from cxworkflow.models import Notice, Role
from cxworkflow.policies.notice_kinds import NoticeKind
from tests.databases import copied
from tests.mail.correspondence import Read, play, read, read_all, rolling_policy
from tests.mail.office import application
from tests.stage import Stage

pytestmark = pytest.mark.integration

KINDS = sorted(each.name for each in (TEMPLATES / "email").iterdir() if each.is_dir())


@pytest.fixture(scope="module")
def stage_played(server_url: str, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A stage on which everything has happened."""
    with copied(server_url, migrated) as url, application(url):
        stage = Stage.set(rolling_policy(tmp_path_factory.mktemp("policy")))
        play(stage)
        session().commit()
        yield stage


@pytest.fixture(scope="module")
def everything(stage_played: Stage) -> list[Read]:
    """All e-mails that were owed, as they read."""
    return read_all()


def of_kind(everything: list[Read], kind: str) -> list[Read]:
    """The e-mails of a kind; fails if there is none."""
    found = [each for each in everything if each.kind == kind]
    assert found, f"no {kind} e-mail was owed"
    return found


class Page(HTMLParser):
    """The elements and the visible words of an HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.title = ""
        self._within: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br"):
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        assert self._within.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        """Note words."""
        if "title" in self._within:
            self.title += data
        elif "head" not in self._within and "header" not in self._within:
            self.words += re.findall(r"\w+", data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def test_every_kind_of_notice_has_its_three_templates() -> None:
    assert {"deadline", *get_args(NoticeKind)} <= set(KINDS)
    for kind in KINDS:
        assert {each.name for each in (TEMPLATES / "email" / kind).iterdir()} == {
            "subject.txt",
            "body.txt",
            "body.html",
        }


@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same(everything: list[Read], kind: str) -> None:
    for each in of_kind(everything, kind):
        text = re.sub(r"https://cx\.example\S*", "", each.text)
        assert re.findall(r"\w+", text) == Page(each.html).words


@pytest.mark.parametrize("kind", KINDS)
def test_the_html_is_plain_and_accessible(everything: list[Read], kind: str) -> None:
    for each in of_kind(everything, kind):
        page = Page(each.html)
        assert page.all("html") == [{"lang": "en"}]
        assert page.title == each.subject
        assert len(page.all("h1")) == 1
        assert len(page.all("main")) == 1
        assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
        assert {"name": "color-scheme", "content": "light dark"} in page.all("meta")
        assert not {"table", "img", "script", "link", "iframe", "form"} & {name for name, _ in page.tags}
        assert "prefers-color-scheme: dark" in each.html


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_one_link_and_it_is_the_same_in_both_parts(everything: list[Read], kind: str) -> None:
    for each in of_kind(everything, kind):
        (link,) = Page(each.html).all("a")
        assert re.findall(r"https?://\S+", each.text) == [link["href"]]
        assert str(link["href"]).startswith("https://cx.example/")


@pytest.mark.parametrize("kind", KINDS)
def test_the_reader_learns_why_they_get_it(everything: list[Read], kind: str) -> None:
    for each in of_kind(everything, kind):
        assert re.search(r"You get this e-mail about .+ as .+\.", each.text)
        assert "Please do not reply" in each.text


@pytest.mark.parametrize("kind", KINDS)
def test_the_subject_begins_with_the_component_and_fits_on_a_line(everything: list[Read], kind: str) -> None:
    for each in of_kind(everything, kind):
        assert each.subject.isprintable()
        assert len(each.subject) <= 120
        if each.component is not None:
            assert each.subject.startswith(f"{each.component}: ")


@pytest.mark.parametrize("kind", KINDS)
def test_dates_are_written_for_people(everything: list[Read], kind: str) -> None:
    for each in of_kind(everything, kind):
        assert not re.search(r"\b\d{4}-\d{2}-\d{2}\b", each.text + each.subject)
        assert "None" not in each.text + each.subject
        assert not re.search(r"\n{3,}|[ \t]\n", each.text)


@pytest.mark.parametrize("kind", KINDS)
def test_no_line_runs_into_the_next(everything: list[Read], kind: str) -> None:
    for each in of_kind(everything, kind):
        assert not re.search(r"[a-z]\.[A-Z]|\w- ", each.text)
        assert "\nCX Workflow sent this e-mail automatically." in each.text


def deadline(everything: list[Read], component: str, to_role: str, rung: int) -> Read:
    """The reminder of the strategy clock that went out on a rung."""
    (found,) = [
        each
        for each in of_kind(everything, "deadline")
        if (each.component, each.to_role, each.rung) == (component, to_role, rung)
    ]
    return found


def test_a_reminder_says_who_has_to_do_what_by_when_first(everything: list[Read]) -> None:
    reminder = deadline(everything, "CBP", "lead", -60)
    assert reminder.subject == "CBP: strategy submission due January 9, 2024, in 60 days"
    assert reminder.text.startswith(
        "CBP has to submit its customer experience strategy by January 9, 2024.\n\nThat is in 60 days.\n"
    )
    assert "This is required by DHS Policy Statement 076-02, clause IV.b." in reminder.text


def test_an_overdue_reminder_says_so_and_that_it_can_still_be_done(everything: list[Read]) -> None:
    reminder = deadline(everything, "CISA", "directorate-lead", 7)
    assert reminder.subject == "CISA: strategy submission is 7 days overdue (was due January 9, 2024)"
    assert "It can still be done: nothing is locked." in reminder.text


def test_a_target_of_the_directorate_is_not_passed_off_as_a_requirement(everything: list[Read]) -> None:
    (target,) = [each for each in of_kind(everything, "deadline") if "revision" in each.subject]
    assert "This is a target set by the CX Directorate. DHS Policy Statement 076-02 does not require it." in target.text
    assert "required by" not in target.text


def test_a_reminder_that_goes_out_late_says_so(everything: list[Read], stage_played: Stage) -> None:
    assert "should have gone out on January 10, 2024" in deadline(everything, "CISA", "lead", 1).text
    notice = (
        session()
        .scalars(
            sa.select(Notice).where(Notice.rung == -30, Notice.component.has(code="CISA"), Notice.kind == "deadline")
        )
        .one()
    )
    assert "should have gone out" not in read(notice, when="2023-12-10 23:59").text
    late = read(notice, when="2023-12-11 00:00")
    assert "This reminder should have gone out on December 10, 2023. We are sorry that it is late." in late.text
    assert late.subject == "CISA: strategy submission due January 9, 2024, in 29 days", "days as they stand at sending"


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2024-01-08 12:00", "CISA: strategy submission due January 9, 2024, in 1 day"),
        ("2024-01-09 23:59", "CISA: strategy submission due today, January 9, 2024"),
        ("2024-01-10 00:00", "CISA: strategy submission is 1 day overdue (was due January 9, 2024)"),
    ],
)
def test_the_days_are_counted_in_eastern_time(stage_played: Stage, when: str, said: str) -> None:
    wanted = sa.select(Notice).where(Notice.rung == -30, Notice.component.has(code="CISA"), Notice.kind == "deadline")
    assert read(session().scalars(wanted).one(), when=when).subject == said


def test_who_stands_in_for_a_vacant_role_is_told_why(everything: list[Read]) -> None:
    reminder = deadline(everything, "ICE", "lead", -30)
    assert "as Component executive of ICE, because there is no Component lead of ICE at present." in reminder.text
    assert "because there is no" not in deadline(everything, "OCIO", "lead", -60).text, "the HQ lead is its lead"


def test_a_return_shows_the_reason_as_it_was_given_and_the_new_date(everything: list[Read]) -> None:
    returned = of_kind(everything, "returned")[0]
    assert "What has to change:\n    Metrics need baselines.\n\n    Say who owns <each> one.\n" in returned.text
    assert "Say who owns &lt;each&gt; one." in returned.html
    assert "\nIV.c.3 Metrics:\n    Where is <the> baseline?\n" in returned.text
    assert "CBP is to revise its returned strategy and submit it again by January 19, 2024." in returned.text


def test_an_approval_shows_version_fingerprint_and_implementation_date(everything: list[Read]) -> None:
    approved = of_kind(everything, "approved")[0]
    assert "approved version 2 on January 31, 2024." in approved.text
    assert re.search(r"SHA-256 of version 2.*\n    [0-9a-f]{64}\n", approved.text)
    assert "The approval has conditions:\n    Report <every> quarter.\n    Name an owner.\n" in approved.text
    assert "report that it is implemented by July 29, 2024." in approved.text
    assert approved.subject.endswith("approved January 31, 2024, to be implemented by July 29, 2024")


def test_an_extension_shows_the_old_and_the_new_date(everything: list[Read]) -> None:
    extended = of_kind(everything, "extended")[0]
    assert "Old due date: January 9, 2024\nNew due date: February 8, 2024\n" in extended.text


def test_a_late_submission_says_how_late_and_why(everything: list[Read]) -> None:
    (late, *_) = [each for each in of_kind(everything, "submitted") if each.component == "TSA"]
    assert late.subject == "TSA: customer experience strategy submitted January 10, 2024, 1 day late (version 1)"
    assert "The reason given for the delay:\n    Clearance took long.\n" in late.text


def test_the_reviewer_is_asked_by_name_and_led_to_the_review(everything: list[Read]) -> None:
    assigned, *_ = of_kind(everything, "assigned")
    assert assigned.text.startswith("CX Directorate reviewer: please review CBP’s customer experience strategy.")
    assert re.search(r"/strategies/\d+/review$", assigned.text, re.MULTILINE)


def test_the_cio_is_led_to_the_decision(everything: list[Read]) -> None:
    (recommended,) = of_kind(everything, "recommended")
    assert re.search(r"/strategies/\d+/decision$", recommended.text, re.MULTILINE)


def test_very_long_and_odd_names_still_make_a_message(stage_played: Stage) -> None:
    lead = stage_played.person(Role.LEAD, "CISA")
    wanted = sa.select(Notice).where(Notice.person_id == lead.id).order_by(Notice.id).limit(1)
    notice = session().scalars(wanted).one()
    name, facts = lead.name, dict(notice.facts)
    try:
        lead.name = "Łucja “Lu” 李 😀 " * 200 + "\r\nBcc: all@dhs.example"
        notice.facts = {**facts, "clock_title": "Très long " * 500, "asks": "A" * 20_000}
        mail = read(notice)
    finally:
        session().rollback()
    assert lead.name == name
    assert len(mail.subject) <= 200
    assert mail.mail["Bcc"] is None
    assert mail.mail["To"].addresses[0].addr_spec == lead.email
    assert max(len(line) for line in mail.mail.as_bytes().splitlines()) < 998
