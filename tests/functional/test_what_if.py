"""What if: suppositions are played on a copy, and nothing real is touched."""

import json

import pytest

from tests.functional.conftest import Demo

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.e"), pytest.mark.timeout(300)]


def test_approvals_that_slip_by_sixty_days_make_components_miss_the_cap(demo: Demo) -> None:
    before = demo.command("clocks", "--json").stdout
    played = demo.command("rehearse", "--json", "--slip", "60")
    assert played.returncode == 0, played.stderr
    told = {line["component"]: line for line in json.loads(played.stdout)["components"]}
    assert told["CWMD"]["approved_on"] == "2024-04-08"
    assert (told["CWMD"]["implementation_due_on"], told["CWMD"]["misses_cap"]) == ("2024-09-30", True)
    assert told["USCIS"]["misses_cap"] is False
    assert demo.command("clocks", "--json").stdout == before


def test_without_json_it_says_in_words_how_the_clocks_would_stand(demo: Demo) -> None:
    played = demo.command("rehearse", "--until", "2023-12-14")
    assert played.returncode == 0, played.stderr
    told = played.stdout.splitlines()
    assert "strategy        CBP         due 2024-01-09  running" in told
    assert told[-2] == "0 of 15 Components would miss the cap."
    assert told[-1].endswith("e-mails would go out; with --json, each is listed.")


def test_a_supposition_in_the_past_is_refused_in_words(demo: Demo) -> None:
    refused = demo.command("rehearse", "--json", "--lapse", "2023-01-01", "40")
    assert refused.returncode == 1
    assert "after today" in refused.stderr


def test_a_policy_that_is_not_there_is_refused_in_words(demo: Demo) -> None:
    refused = demo.command("rehearse", "--policy", "dhs-000-00", "--until", "2023-12-12")
    assert refused.returncode == 1
    assert "dhs-000-00" in refused.stderr
