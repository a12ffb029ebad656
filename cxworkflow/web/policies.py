"""The policies in plain language: clauses, principles, clocks, ladders, sections; and what the words mean."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.errors import NotFound
from cxworkflow.explain import rung_words, started
from cxworkflow.models import Role
from cxworkflow.policies.characters import shown
from cxworkflow.queries.clocks import editions, latest_editions
from cxworkflow.web.guard import signed_in
from cxworkflow.web.plain_words import clock_ends, clock_length, clock_starts
from cxworkflow.wording import NOTICE_KINDS

pages = Blueprint("policies", __name__)


@pages.get("/policies/")
@signed_in
def index() -> ResponseReturnValue:
    """The policies in force; where there is one, that one."""
    found = latest_editions()
    if len(found) == 1:
        return redirect(url_for("policies.one", code=found[0].code))
    return render_template("policies/index.html", editions=found)


@pages.get("/policies/<code>")
@signed_in
def one(code: str) -> ResponseReturnValue:
    """What the policy asks, of whom, by when, and who is reminded."""
    edition = next((each for each in editions() if each.code == code), None)
    if edition is None:
        raise NotFound(f"There is no policy “{shown(code)}” here.")
    policy = edition.policy
    return render_template(
        "policies/one.html",
        edition=edition,
        policy=policy,
        counted={
            rule.kind: started(policy, rule, policy.signed_on) for rule in policy.clocks if rule.starts == "signed"
        },
        clock_starts=clock_starts,
        clock_ends=clock_ends,
        clock_length=clock_length,
        rung_words=rung_words,
        notice_kinds=NOTICE_KINDS,
        roles={role.value: policy.names.in_words(role.title) for role in Role} | {"owner": "Owner of the commitment"},
    )


@pages.get("/glossary")
@signed_in
def glossary() -> ResponseReturnValue:
    """What the words mean, of all policies together."""
    words = {word.word: word for edition in editions() for word in edition.policy.words}
    return render_template("policies/glossary.html", words=[words[each] for each in sorted(words, key=str.casefold)])
