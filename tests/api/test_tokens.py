"""Tokens: made on a page of one's own, told once, kept as a hash; what they are good for, and until when they count."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from cxworkflow.db import session
from cxworkflow.models import ApiToken, Event, Person, Role
from cxworkflow.models.event import READ_DRAFT
from cxworkflow.services import appointments, disposals, sign_ins
from tests.api.programs import Program, token_of
from tests.stage import Stage, eastern
from tests.web.visiting import it_is, visitor, words

pytestmark = pytest.mark.integration

NOW = eastern("2023-12-20 10:00")


@pytest.fixture(autouse=True)
def _today(stage: Stage) -> None:
    it_is(NOW)


def made_on_the_page(app: Flask, person: Person, **typed: str) -> str:
    """The secret on the page that follows the form."""
    form = {"name": "Nightly export", "strategies": "strategies:read", "days": "30", **typed}
    page = visitor(app, person).post("/me/tokens", data=form).get_data(as_text=True)
    found = re.search(r'value="(cxw_[\w-]{43})"', page)
    assert found is not None, words_in(page)
    return found[1]


def words_in(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_token_made_on_ones_own_page_opens_what_it_is_good_for(app: Flask, stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    strategy = stage.drafted("CBP")
    program = Program(app, made_on_the_page(app, lead))
    assert program.told("GET", f"/strategies/{strategy.id}")["component"] == "CBP"
    listed = visitor(app, lead).get("/me/tokens")
    assert "Nightly export" in words(listed)
    assert "December 20, 2023" in words(listed), "the day of its last use"
    assert program.secret not in listed.get_data(as_text=True)


@pytest.mark.asvs("V14.2.4")
def test_of_a_token_only_a_hash_is_kept(app: Flask, stage: Stage) -> None:
    secret = made_on_the_page(app, stage.person(Role.LEAD, "CBP"))
    kept = session().scalars(select(ApiToken)).one()
    assert re.fullmatch("[0-9a-f]{64}", kept.token_sha256)
    for table in ("api_token", "event", "sign_in"):
        found = session().scalar(text(f"select count(*) from {table} t where strpos(t::text, :it) > 0"), {"it": secret})
        assert found == 0, table


def test_making_and_revoking_one_are_on_the_record(app: Flask, stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    program = Program(app, made_on_the_page(app, lead))
    token = session().scalars(select(ApiToken)).one()
    visitor(app, lead).post(f"/me/tokens/{token.id}/end")
    verbs = session().scalars(select(Event.verb).where(Event.verb.like("token-%")).order_by(Event.id)).all()
    assert verbs == ["token-made", "token-revoked"]
    answer = program.ask("GET", "/strategies")
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_form_without_a_name_a_part_or_with_days_of_its_own_is_refused_with_what_is_wrong(
    app: Flask, stage: Stage
) -> None:
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    good = {"name": "Export", "strategies": "strategies:read", "days": "30"}
    for wrong, sentence in (
        ({"name": ""}, "Say what the token is for"),
        ({"strategies": ""}, "Choose at least one part"),
        ({"strategies": "people:write"}, "There is no such thing to use the API for"),
        ({"events": "events:write"}, "There is no such thing to use the API for"),
        ({"days": "3660"}, "A token counts for 7, 30, 90 or 365 days"),
        ({"days": ""}, "A token counts for"),
    ):
        answer = lead.post("/me/tokens", data=good | wrong)
        assert answer.status_code == 422, wrong
        assert sentence in words(answer), wrong
    assert session().scalars(select(ApiToken)).all() == []


def test_it_takes_a_sign_in_of_the_last_15_minutes(app: Flask, stage: Stage) -> None:
    lead = visitor(app, stage.person(Role.LEAD, "CBP"))
    session().execute(text("update sign_in set began_at = clock_timestamp() - interval '16 minutes'"))
    answer = lead.post("/me/tokens", data={"name": "Export", "strategies": "strategies:read", "days": "30"})
    assert answer.status_code == 409
    assert "Sign in again" in words(answer)


def test_a_token_counts_until_it_expires(app: Flask, stage: Stage) -> None:
    program = Program(app, token_of(stage.person(Role.CIO), days=7, at=NOW))
    it_is(NOW + timedelta(days=7) - timedelta(seconds=1))
    assert program.ask("GET", "/strategies").status_code == 200
    it_is(NOW + timedelta(days=7))
    assert program.ask("GET", "/strategies").status_code == 401


@pytest.mark.asvs("V8.2.1")
def test_a_token_is_good_for_its_scopes_alone_and_who_may_write_may_read(app: Flask, stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    lead, page = stage.person(Role.LEAD, "CBP"), f"/strategies/{strategy.id}"
    reads = Program(app, token_of(lead, ["strategies:read"], at=NOW))
    writes = Program(app, token_of(lead, ["strategies:write"], at=NOW))
    elsewhere = Program(app, token_of(lead, ["clocks:write"], at=NOW))
    assert [each.ask("GET", page).status_code for each in (reads, writes, elsewhere)] == [200, 200, 403]
    answer = reads.ask("PUT", f"{page}/title", {"title": "Another"}, etag='"1"')
    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"].endswith('error="insufficient_scope", scope="strategies:write"')
    etag = writes.ask("GET", f"{page}/title").headers["ETag"]
    assert writes.ask("PUT", f"{page}/title", {"title": "Another"}, etag=etag).status_code == 200


@pytest.mark.asvs("V8.2.2")
def test_of_another_component_there_is_nothing(app: Flask, stage: Stage) -> None:
    strategy = stage.drafted("CBP")
    other = Program(app, token_of(stage.person(Role.LEAD, "FEMA"), at=NOW))
    for path in ("", "/title", "/sections/IV.c.3", "/versions", "/review", "/decisions"):
        answer = other.ask("GET", f"/strategies/{strategy.id}{path}")
        assert (answer.status_code, answer.get_json()["type"]) == (404, "http://localhost/api#not-found"), path
    assert other.told("GET", "/strategies")["items"] == []


def test_who_reads_the_draft_of_others_by_a_program_is_on_the_record(app: Flask, stage: Stage) -> None:
    page = f"/strategies/{stage.drafted('CBP').id}"
    program = Program(app, token_of(stage.person(Role.AUDITOR), at=NOW))
    for path, lines in ((f"{page}/versions", 0), (f"{page}/sections/IV.c.3", 1), (page, 2)):
        assert program.ask("GET", path).status_code == 200
        read = session().scalars(select(Event).where(Event.verb == READ_DRAFT)).all()
        assert len(read) == lines, path
    assert read[0].details["page"] == "api.sections-one"


def test_nobody_revokes_the_token_of_somebody_else(app: Flask, stage: Stage) -> None:
    program = Program(app, token_of(stage.person(Role.LEAD, "CBP"), at=NOW))
    token = session().scalars(select(ApiToken)).one()
    assert visitor(app, stage.person(Role.CIO)).post(f"/me/tokens/{token.id}/end").status_code == 404
    assert program.ask("GET", "/strategies").status_code == 200


def test_a_cookie_opens_nothing_here(app: Flask, stage: Stage) -> None:
    signed_in = visitor(app, stage.person(Role.CIO))
    assert signed_in.get("/strategies/1").status_code == 404, "the cookie counts on pages"
    for method in ("get", "post"):
        assert getattr(signed_in, method)("/api/v1/strategies/1/withdrawal").status_code in (401, 405)
    assert signed_in.get("/api/v1/strategies").status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Basic Y3h3OmN4dw==", "Bearer", "Bearer ", "Bearer cxw_no", "Bearer " + "x" * 999]
)
def test_whatever_else_stands_in_the_header_opens_nothing(app: Flask, stage: Stage, header: str) -> None:
    answer = app.test_client().get("/api/v1/strategies", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="CX Workflow"')


def test_who_is_deactivated_or_has_another_address_loses_all_tokens_for_good(app: Flask, stage: Stage) -> None:
    administrator = stage.person(Role.ADMINISTRATOR)
    lead, other = stage.person(Role.LEAD, "CBP"), stage.person(Role.LEAD, "FEMA")
    programs = [Program(app, token_of(each, at=NOW)) for each in (lead, other)]
    appointments.deactivate(lead, reason="Left.", by=administrator, at=NOW)
    appointments.reactivate(lead, by=administrator, at=NOW)
    appointments.readdress(other, "somewhere@else.example", by=administrator, at=NOW)
    session().commit()
    assert [each.ask("GET", "/strategies").status_code for each in programs] == [401, 401]


def test_who_is_signed_out_everywhere_is_so_in_programs_too(app: Flask, stage: Stage) -> None:
    lead = stage.person(Role.LEAD, "CBP")
    program = Program(app, token_of(lead, at=NOW))
    sign_ins.end_all(lead, by=stage.person(Role.ADMINISTRATOR), at=NOW)
    session().commit()
    assert program.ask("GET", "/strategies").status_code == 401


def test_a_role_that_ends_ends_for_programs_at_once(app: Flask, stage: Stage) -> None:
    strategy, lead = stage.drafted("CBP"), stage.newcomer("Nora Next", (Role.LEAD, "CBP"))
    program = Program(app, token_of(lead, at=NOW))
    assert program.ask("GET", f"/strategies/{strategy.id}").status_code == 200
    appointments.end(lead.appointments[0], on=NOW.date(), by=stage.person(Role.ADMINISTRATOR), at=NOW)
    session().commit()
    assert program.ask("GET", f"/strategies/{strategy.id}").status_code == 404


def test_ended_tokens_go_after_90_days(app: Flask, stage: Stage) -> None:
    token_of(stage.person(Role.CIO), days=7, at=NOW)
    for days, left in ((96, 1), (98, 0)):
        at = NOW + timedelta(days=days)
        disposals.remove_expired(at.date(), at)
        session().commit()
        assert len(session().scalars(select(ApiToken)).all()) == left
