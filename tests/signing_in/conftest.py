"""An identity provider that lies as it is told, and the one whom it speaks of."""

from collections.abc import Iterator

import pytest
from flask import Flask

from cxworkflow.models import Person, Role
from tests.signing_in.believing import trusting
from tests.signing_in.liar import Liar, lying
from tests.signing_in.surroundings import address, outside_the_demo
from tests.stage import Stage


@pytest.fixture(scope="module")
def one_liar() -> Iterator[Liar]:
    """A liar for all tests here."""
    with lying() as made:
        yield made


@pytest.fixture
def liar(one_liar: Liar) -> Liar:
    """It begins each test with the truth."""
    one_liar.be_honest()
    return one_liar


@pytest.fixture
def lead(app: Flask, stage: Stage, liar: Liar, monkeypatch: pytest.MonkeyPatch) -> Person:
    """The one whom the liar speaks of."""
    outside_the_demo(app, monkeypatch, trusting(liar))
    person = stage.person(Role.LEAD, "CBP")
    address(person, "pat@dhs.example")
    return person
