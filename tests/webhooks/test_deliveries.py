"""Other programs are told of events: signed, at least once, never lost, and only what who registered them may see."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import select, text

from cxworkflow.db import session, unit_of_work
from cxworkflow.errors import InvalidInput, NotAllowed, NotNow
from cxworkflow.models import Delivery, DeliveryAttempt, DeliveryState, Event, Role, Webhook
from cxworkflow.services import appointments, delivering, webhooks
from cxworkflow.webhooks.delivery import Sender, deliver
from tests.stage import Stage, eastern
from tests.webhooks.receiver import Receiver, agreeable, drops_every_second, listening

pytestmark = pytest.mark.integration

KEY = "for tests only, and long enough for one"
FORMER = "the one before it, and as long as that"
AT = eastern("2023-07-14 09:00")
LATER = eastern("2024-01-09 10:00")
SENDER = Sender([KEY], loopback=True)
KINDS = ["begun", "submit", "recommend", "approve", "clock-opened", "comment"]


def now() -> datetime:
    return LATER


def registered(stage: Stage, url: str, *, by: Role = Role.CIO, kinds: list[str] = KINDS, code: str = "") -> Webhook:
    component = stage.component(code) if code else None
    made = webhooks.register(url, kinds, component=component, loopback=True, key=KEY, by=stage.person(by), at=AT)
    session().commit()
    return made


def secret(webhook: Webhook) -> str:
    found = webhooks.secret_of(webhook, [KEY])
    assert found
    return found


def waits_are_over() -> None:
    """Instead of waiting: what was put off may be tried now, and what a dead sender held is held no more."""
    session().execute(
        text(
            "update webhook_delivery set next_try_at = clock_timestamp() - interval '1 second', "
            "lease_until = lease_until - interval '1 hour'"
        )
    )
    session().commit()


def all_of(webhook: Webhook) -> list[Delivery]:
    wanted = select(Delivery).where(Delivery.webhook_id == webhook.id).order_by(Delivery.id)
    return list(session().scalars(wanted.execution_options(populate_existing=True)))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening(agreeable) as found:
        yield found


def test_a_receiver_that_drops_every_second_call_is_told_everything_in_the_end(stage: Stage) -> None:
    with listening(drops_every_second) as receiver:
        webhook = registered(stage, receiver.url)
        for code in ("CBP", "CISA", "FEMA"):
            stage.approved(code)
        session().commit()
        owed = all_of(webhook)
        assert len(owed) == 9
        for _ in range(20):
            waits_are_over()
            deliver(SENDER, now=now)
        told = all_of(webhook)
        assert {each.state for each in told} == {DeliveryState.DELIVERED}
        arrived = [call.headers["CXWorkflow-Delivery"] for call in receiver.taken]
        assert sorted(arrived) == sorted(str(each.token) for each in owed), "each arrived, and each was taken once"
        assert all(call.is_signed_with(secret(webhook)) for call in receiver.calls)
        ended = session().scalars(select(DeliveryAttempt.status).where(DeliveryAttempt.status.is_not(None))).all()
        assert len(ended) == len(owed), "once recorded as delivered"
        assert len(receiver.calls) > len(owed), "some were dropped before"
        of_one = {call.headers["CXWorkflow-Delivery"]: set[bytes]() for call in receiver.calls}
        for call in receiver.calls:
            of_one[call.headers["CXWorkflow-Delivery"]].add(call.body)
        assert all(len(bodies) == 1 for bodies in of_one.values()), "whenever it is sent, it says the same"


def test_what_is_sent_holds_numbers_and_codes_and_no_names(stage: Stage, receiver: Receiver) -> None:
    registered(stage, receiver.url)
    stage.approved("CBP")
    session().commit()
    deliver(SENDER, now=now)
    told = [json.loads(call.body) for call in receiver.taken]
    assert [each["kind"] for each in told if each["kind"] in ("submit", "approve")] == ["submit", "approve"]
    known = {"event", "line", "kind", "at", "by", "as", "component", "strategy", "clock", "version"}
    for each, call in zip(told, receiver.taken, strict=True):
        assert each.keys() <= known
        assert each.get("component") in (None, "CBP")
        assert call.headers["CXWorkflow-Kind"] == each["kind"]
        for person in session().execute(text("select name, email from person")):
            assert person.name not in call.body.decode()
            assert person.email not in call.body.decode()


def test_a_delivery_is_owed_with_the_act_or_not_at_all(stage: Stage, receiver: Receiver) -> None:
    webhook = registered(stage, receiver.url)

    def breaks_off() -> None:
        with unit_of_work():
            stage.submitted("CBP")
            session().scalars(select(Event.id)).all()  # the lines are written, and with them what is owed
            assert session().scalars(select(Delivery)).all()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        breaks_off()
    assert all_of(webhook) == []


def test_only_the_kinds_and_the_component_asked_for_are_owed(stage: Stage, receiver: Receiver) -> None:
    webhook = registered(stage, receiver.url, kinds=["approve"], code="CISA")
    stage.approved("CBP")
    stage.approved("CISA")
    session().commit()
    (delivery,) = all_of(webhook)
    assert (delivery.event.verb, delivery.event.component_id) == ("approve", stage.component("CISA").id)


def test_what_who_registered_it_may_not_see_is_withheld(stage: Stage, receiver: Receiver) -> None:
    webhook = registered(stage, receiver.url, by=Role.ADMINISTRATOR)
    stage.approved("CBP")
    session().commit()
    deliver(SENDER, now=now)
    assert not receiver.calls
    assert {each.state for each in all_of(webhook)} == {DeliveryState.WITHHELD}
    assert {each.closed_reason for each in all_of(webhook)} == {delivering.OUT_OF_SIGHT}


def test_who_loses_the_role_is_told_nothing_from_then_on(stage: Stage, receiver: Receiver) -> None:
    webhook = registered(stage, receiver.url)
    stage.submitted("CBP")
    (held,) = [each for each in stage.person(Role.CIO).appointments if each.role is Role.CIO]
    on, at = eastern("2024-01-03 09:00").date(), eastern("2024-01-02 09:00")
    appointments.end(held, on=on, by=stage.person(Role.ADMINISTRATOR), at=at)
    session().commit()
    deliver(SENDER, now=now)
    assert not receiver.calls
    assert {each.closed_reason for each in all_of(webhook)} == {delivering.NO_LONGER_KEPT}


def test_what_a_dead_sender_held_is_sent_by_another_and_the_dead_one_counts_no_more(
    stage: Stage, receiver: Receiver
) -> None:
    webhook = registered(stage, receiver.url, kinds=["submit"])
    stage.submitted("CBP")
    session().commit()
    held = delivering.claim()
    session().commit()
    assert held is not None
    assert deliver(SENDER, now=now) == 0, "it is held"
    waits_are_over()
    assert deliver(SENDER, now=now) == 1
    delivering.settle({held.ids[0]: delivering.Outcome(False, 500, "Too late.")}, held, at=LATER)
    session().commit()
    assert [each.state for each in all_of(webhook)] == [DeliveryState.DELIVERED]


def test_after_a_day_of_trying_a_person_is_asked_and_has_it_sent_again(stage: Stage) -> None:
    with listening(lambda _call: 500) as receiver:
        webhook = registered(stage, receiver.url, kinds=["submit"])
        stage.submitted("CBP")
        session().commit()
        for _ in range(delivering.MOST_ATTEMPTS):
            waits_are_over()
            deliver(SENDER, now=now)
        (failed,) = all_of(webhook)
        assert (failed.state, len(receiver.calls)) == (DeliveryState.FAILED, delivering.MOST_ATTEMPTS)
        waits_are_over()
        deliver(SENDER, now=now)
        assert len(receiver.calls) == delivering.MOST_ATTEMPTS, "it has been given up"
        receiver.behaviour = agreeable
        webhooks.replay(failed, by=stage.person(Role.ADMINISTRATOR), at=LATER)
        session().commit()
        assert deliver(SENDER, now=now) == 1
        assert {call.headers["CXWorkflow-Delivery"] for call in receiver.calls} == {str(failed.token)}
        assert session().scalars(select(Event.by_role).where(Event.verb == "webhook-replayed")).all() == [
            "administrator"
        ]


def test_waits_grow_to_an_hour(stage: Stage) -> None:
    with listening(lambda _call: 503) as receiver:
        webhook = registered(stage, receiver.url, kinds=["submit"])
        stage.submitted("CBP")
        session().commit()
        waits = []
        for _ in range(11):
            waits_are_over()
            deliver(SENDER, now=now)
            left = "extract(epoch from next_try_at - clock_timestamp())"
            waits.append(session().scalar(text(f"select {left} from webhook_delivery")))
            session().commit()
        assert [round(float(each) / 15) for each in waits] == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]
        assert all_of(webhook)[0].state is DeliveryState.OWED


def test_a_name_that_stands_for_a_private_address_by_then_is_not_asked(stage: Stage, receiver: Receiver) -> None:
    answers = {"rebound.example": ["93.184.216.34"]}
    webhook = webhooks.register(
        f"https://rebound.example:{receiver.port}/",
        ["submit"],
        loopback=False,
        key=KEY,
        by=stage.person(Role.CIO),
        at=AT,
        resolve=lambda host, _port: answers[host],
    )
    stage.submitted("CBP")
    session().commit()
    answers["rebound.example"] = ["127.0.0.1"]
    deliver(Sender([KEY], loopback=False, resolve=lambda host, _port: answers[host]), now=now)
    assert not receiver.calls
    (owed,) = all_of(webhook)
    assert owed.state is DeliveryState.OWED
    assert "stands for 127.0.0.1, which is not on the internet" in owed.attempts[0].answer


def test_a_private_address_is_not_registered_and_nothing_is_changed(stage: Stage) -> None:
    for url in ("https://10.0.0.8/hook", "https://169.254.169.254/latest/meta-data", "http://127.0.0.1:1/"):
        with pytest.raises(InvalidInput):
            webhooks.register(url, ["submit"], loopback=False, key=KEY, by=stage.person(Role.CIO), at=AT)
    with pytest.raises(InvalidInput, match="Choose at least one"):
        registered(stage, "http://127.0.0.1:9/", kinds=["refused"])
    assert session().scalars(select(Webhook)).all() == []


def test_only_who_may_registers_an_address(stage: Stage) -> None:
    with pytest.raises(NotAllowed, match="may not keep webhooks"):
        registered(stage, "http://127.0.0.1:9/", by=Role.AUDITOR)


def test_an_address_that_was_ended_is_told_nothing_more(stage: Stage, receiver: Receiver) -> None:
    webhook = registered(stage, receiver.url, kinds=["submit", "approve"])
    strategy = stage.submitted("CBP")
    session().commit()
    webhooks.end(webhook, by=stage.person(Role.CIO), at=LATER)
    stage.approve(strategy, "2024-01-10 10:00")
    session().commit()
    deliver(SENDER, now=now)
    assert not receiver.calls
    (closed,) = all_of(webhook)
    assert closed.state is DeliveryState.WITHHELD
    with pytest.raises(NotNow):
        webhooks.replay(closed, by=stage.person(Role.CIO), at=LATER)
    with pytest.raises(NotNow):
        webhooks.renew(webhook, key=KEY, by=stage.person(Role.CIO), at=LATER)


def test_a_rotated_key_still_signs_while_it_is_known_and_is_missed_in_words_after(
    stage: Stage, receiver: Receiver
) -> None:
    webhook = webhooks.register(receiver.url, ["submit"], loopback=True, key=FORMER, by=stage.person(Role.CIO), at=AT)
    stage.submitted("CBP")
    session().commit()
    deliver(Sender([KEY], loopback=True), now=now)
    assert not receiver.calls
    assert "no longer set" in all_of(webhook)[0].attempts[0].answer
    assert webhooks.without_secret([KEY]) == 1
    waits_are_over()
    deliver(Sender([KEY, FORMER], loopback=True), now=now)
    assert receiver.taken[0].is_signed_with(webhooks.secret_of(webhook, [FORMER]) or "")
    former = webhooks.secret_of(webhook, [FORMER])
    renewed = webhooks.renew(webhook, key=KEY, by=stage.person(Role.CIO), at=LATER)
    session().commit()
    assert webhooks.secret_of(renewed, [KEY]) not in (None, former)
    assert webhooks.without_secret([KEY]) == 0


def test_the_secret_is_nowhere_in_the_database(stage: Stage, receiver: Receiver) -> None:
    webhook = registered(stage, receiver.url)
    row = session().scalar(text("select to_jsonb(webhook)::text from webhook"))
    assert secret(webhook) not in str(row)
    assert KEY not in str(row)


def test_deliveries_that_ended_are_removed_after_ninety_days(stage: Stage, receiver: Receiver) -> None:
    webhook = registered(stage, receiver.url, kinds=["submit"])
    stage.submitted("CBP")
    stage.submitted("CISA")
    session().commit()
    deliver(SENDER, now=now)
    assert delivering.remove_old() == 0
    old = "update webhook_delivery set owed_at = owed_at - interval '91 days' where event_id = (select min(event_id) "
    session().execute(text(f"{old} from webhook_delivery)"))
    assert delivering.remove_old() == 1
    assert len(all_of(webhook)) == 1


@pytest.mark.parametrize(("kind", "rings"), [("begun", True), ("approve", False)])
def test_the_bell_is_rung_where_something_is_owed(stage: Stage, kind: str, rings: bool) -> None:
    registered(stage, "http://127.0.0.1:9/", kinds=[kind])
    stage.drafted("CBP")
    session().scalars(select(Event.id)).all()  # whoever asks finds their own lines, so they are written by then
    assert bool(session().info.get("owes")) is rings
