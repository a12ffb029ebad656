"""A policy file that is wrong is refused, with every fault named by file, key and what to do about it."""

import pytest

from cxworkflow.errors import InvalidInput, NotFound
from cxworkflow.policies import read_policy

pytestmark = pytest.mark.unit

SMALL = """
id = "order-1"
title = "An order on service"
short_title = "Order 1"
department = "dhs"
issued_by = "President"
signed_on = 2011-04-27
timezone = "America/New_York"
fires_at = 06:00:00

[[principles]]
number = 1
title = "Fast"
clause = "1"

[[clauses]]
id = "1"
who = "Agencies"
title = "Plans"
summary = "Write a plan."
lives_in = "The plan"

[[clocks]]
kind = "plan"
title = "Plan"
asks = "{component} has to write its plan"
clause = "1"
set_by = "policy"
holder = "component"
starts = "signed"
stops = ["submitted"]
days = 180
cap_on = 2011-12-31
ladder = "all"

[ladders.all]
rungs = [-7, 0, 7]
to = [{ role = "lead" }]

[[sections]]
clause = "1"
title = "Plan"
asks = "What is the plan?"
help = "Say it."
example = "We answer faster."

[[sections.fields]]
key = "steps"
label = "Steps"
type = "rows"
row_noun = "step"

[[sections.fields.columns]]
key = "start"
label = "Start"
type = "date"

[[sections.fields.columns]]
key = "end"
label = "End"
type = "date"
not_before = "start"

[[deliverables]]
id = "survey"
by = "component"
title = "Survey"
clause = "1"
stops = "plan"

[notices]
approved = ["lead"]
"""


START = "sections[1].fields[steps].columns[start]"
END = "sections[1].fields[steps].columns[end]"


def faults_after(find: str, replace: str) -> dict[str, str]:
    """Key and reason of each fault of the small policy with one change."""
    assert find in SMALL
    with pytest.raises(InvalidInput) as refused:
        read_policy(SMALL.replace(find, replace, 1).encode(), file="order.toml")
    assert all(line.startswith("order.toml: ") for line in str(refused.value).splitlines())
    return {fault.key: fault.reason for fault in refused.value.faults}


def test_the_small_policy_itself_is_right() -> None:
    assert read_policy(SMALL.encode()).clock("plan").days == 180


@pytest.mark.parametrize(
    ("find", "replace", "key", "says"),
    [
        ('title = "An', 'titel = "An', "titel", "no such key"),
        ('title = "An', 'titel = "An', "title", "missing"),
        ('issued_by = "President"', 'issued_by = " "', "issued_by", "some words"),
        ('id = "order-1"', 'id = "Order 1"', "id", "small letters"),
        ("signed_on = 2011-04-27", 'signed_on = "2011-04-27"', "signed_on", "without quotation marks"),
        ('"America/New_York"', '"Mars/Olympus"', "timezone", "America/New_York"),
        ("06:00:00", "07:00:00", "fires_at", "06:00"),
        ("fires_at", 'holidays = "mars"\nfires_at', "holidays", "us-federal"),
        ("fires_at", 'extension_limit.on = 2010-01-01\nfires_at', "extension_limit.on", "before signed_on"),
        ("cap_on = 2011-12-31", "cap_on = 2011-04-26", "clocks[plan].cap_on", "before the clock can start"),
        ("days = 180", "due_on = 2012-01-01", "clocks[plan].cap_on", "before due_on"),
        ("days = 180", "due_on = 2011-01-01", "clocks[plan].due_on", "before the clock can start"),
        ("days = 180", "days = 180\ndue_on = 2011-10-01", "clocks[plan].days", "not both"),
        ("days = 180", "", "clocks[plan].days", "one of the two"),
        ("days = 180", "days = 0", "clocks[plan].days", "least allowed is 1"),
        ("days = 180", 'days = 180\nunit = "business"', "clocks[plan].unit", "us-federal"),
        ("days = 180", 'days = 180\nroll = "next-business-day"', "clocks[plan].roll", "us-federal"),
        ('starts = "signed"', 'starts = "plan"', "clocks[plan].starts", "can't start from itself"),
        ('starts = "signed"', 'starts = "signd"', "clocks[plan].starts", "Did you mean “signed”?"),
        ('starts = "signed"', 'starts = "submitted"', "clocks[plan].stops", "can't stop it too"),
        ('stops = ["submitted"]', 'stops = ["ended"]', "clocks[plan].stops[0]", "not known"),
        ('{component} has', '{agency} has', "clocks[plan].asks", "{component} only"),
        ('ladder = "all"', 'ladder = "al"', "clocks[plan].ladder", "Did you mean “all”?"),
        ("[-7, 0, 7]", "[-7, 0, 7, 7]", "ladders.all.rungs", "Rung 7 stands here 2 times"),
        ("[-7, 0, 7]", "[]", "ladders.all.rungs", "at least one"),
        ("[-7, 0, 7]", '[-7, "0"]', "ladders.all.rungs[1]", "whole number"),
        ('{ role = "lead" }', '{ role = "lead", from_rung = 8 }', "ladders.all.to", "nobody would be told"),
        ('{ role = "lead" }', '{ role = "lead" }, { role = "lead" }', "ladders.all.to", "“lead” stands here 2 times"),
        ('{ role = "lead" }', '{ role = "boss" }', "ladders.all.to[boss].role", "not known"),
        ('[[sections]]\nclause = "1"', '[[sections]]\nclause = "2"', "sections[2].clause", "not among [[clauses]]"),
        ('key = "end"', 'key = "start"', f"{START}.key", "stands here 2 times"),
        ('not_before = "start"', 'not_before = "begin"', f"{END}.not_before", "another date"),
        ('row_noun = "step"', "", "sections[1].fields[steps].row_noun", "needs this"),
        ('row_noun = "step"', 'row_noun = "step"\nmin = 1', "sections[1].fields[steps].min", "says nothing"),
        ('label = "Start"\ntype = "date"', 'label = "Start"\ntype = "day"', f"{START}.type", "not known"),
        ('label = "Start"\ntype = "date"', 'label = "Start"\ntype = "rows"', f"{START}.type", "can't hold rows"),
        ('stops = "plan"', 'stops = "plans"', "deliverables[survey].stops", "Did you mean “plan”?"),
        ('approved = ["lead"]', 'aproved = ["lead"]', "notices.aproved", "Did you mean “approved”?"),
        ('approved = ["lead"]', 'approved = "lead"', "notices.approved", "a list"),
        ('lives_in = "The plan"', 'lives_in = "The plan"\npages = ["clock"]', "clauses[1].pages[0]", "“clocks”?"),
        ('lives_in = "The plan"', 'lives_in = "The plan"\nnotices = ["returned"]', "clauses[1].notices", "Nobody is"),
        ('lives_in = "The plan"', 'lives_in = "The plan"\nthrough = ["1"]', "clauses[1].through", "not another of"),
        ("[notices]", '[[clauses]]\nid = "2"\nwho = "A"\ntitle = "B"\nsummary = "C"\nlives_in = "D"\n[notices]',
         "clauses[2].id", "Nothing keeps this clause."),
        ('title = "Plans"', 'title = "Pl\\u202eans"', "clauses[1].title", "direction of the text"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place_and_its_mending(find: str, replace: str, key: str, says: str) -> None:
    faults = faults_after(find, replace)

    assert key in faults
    assert says in faults[key]


@pytest.mark.parametrize(
    ("copied", "key"),
    [
        ('[[clauses]]\nid = "1"\nwho = "A"\ntitle = "B"\nsummary = "C"\nlives_in = "D"\n', "clauses[1].id"),
        ('[[principles]]\nnumber = 1\ntitle = "Fast"\nclause = "1"\n', "principles[1].number"),
        ('[[deliverables]]\nid = "survey"\ntitle = "S"\nclause = "1"\nstops = "plan"\n', "deliverables[survey].id"),
    ],
)
def test_two_things_never_have_the_same_name(copied: str, key: str) -> None:
    assert "stands here 2 times" in faults_after("[notices]", f"{copied}[notices]")[key]


def test_a_clock_that_nothing_stops_is_refused() -> None:
    without = SMALL.replace('stops = ["submitted"]\n', "").replace('stops = "plan"', 'stops = "other"')

    with pytest.raises(InvalidInput) as refused:
        read_policy(without.encode())

    assert "Nothing stops this clock" in str(refused.value)


def test_all_faults_are_told_at_once() -> None:
    wrong = SMALL.replace("[-7, 0, 7]", "[0, 0]").replace("cap_on = 2011", "cap_on = 2010").replace("issued_by", "by")

    with pytest.raises(InvalidInput) as refused:
        read_policy(wrong.encode())

    assert {fault.key for fault in refused.value.faults} == {
        "by",
        "issued_by",
        "clocks[plan].cap_on",
        "ladders.all.rungs",
    }


def test_asking_for_what_a_policy_has_not_says_so() -> None:
    policy = read_policy(SMALL.encode())

    with pytest.raises(NotFound, match="no section “IX”"):
        policy.section("IX")
    with pytest.raises(NotFound, match="no clock “IX”"):
        policy.clock("IX")
