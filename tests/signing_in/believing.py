"""Ways to the liar and back, and whether they end with a sign-in."""

from flask import Flask

from config.providers import Provider
from tests.signing_in import liar as lies
from tests.signing_in.liar import Liar
from tests.signing_in.surroundings import Visit, browser, signed_in_as
from tests.web.visiting import words


def trusting(liar: Liar, name: str = "liar") -> Provider:
    """The settings for it."""
    return Provider(name, liar.issuer, lies.CLIENT, "The liar", client_secret=lies.SECRET)


def way(app: Flask, name: str = "liar") -> Visit:
    """A new browser's way to the liar, who asks nobody anything."""
    return Visit(browser(app), name, lambda page, _: page)


def refused(visit: Visit, back: str) -> bool:
    """Whether this return ends without a sign-in, in plain words."""
    answer = visit.client.get(back)
    assert "You are not signed in" in words(answer), words(answer)
    assert "Traceback" not in words(answer)
    return answer.status_code in (403, 503) and signed_in_as(visit.client) is None
