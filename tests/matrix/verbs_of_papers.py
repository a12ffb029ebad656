"""What is done with a strategy: written, submitted, reviewed, decided, published."""

from cxworkflow.models import (
    Kind,
    Outcome,
    Person,
    Published,
    Strategy,
    Version,
)
from cxworkflow.policies.answers import StrategyFile
from cxworkflow.scope import SYSTEM, within
from cxworkflow.services import (
    assignments,
    attachments,
    comments,
    drafting,
    earlier,
    moves,
    offline,
    policies,
    presence,
    publications,
    recusals,
    reviews,
    rubrics,
    stories,
    strategies,
    taking_out,
)
from cxworkflow.services.public_texts import Place
from tests.matrix.premises import CLAUSE, NOW, Matter
from tests.matrix.rows import FIGURES, WHY, Row, Verb
from tests.stage import answers


def _version(matter: Matter) -> Version:
    with within(SYSTEM):
        return strategies.under_review(Row.paper(matter))


def _filled(paper: Strategy, by: Person) -> bool:
    file = StrategyFile(paper.edition.code, paper.component.code, "A title", answers(hisp=paper.component.hisp))
    return drafting.fill(paper.edition, paper.component, file, by=by, at=NOW)


VERBS: dict[str, tuple[str, str, Verb]] = {
    "attachments.take_out": ("A strategy", "draft", lambda m, by: attachments.take_out(m.address, by=by, at=NOW)),
    "stories.take_out": ("A strategy", "draft", lambda m, by: stories.take_out(Row.paper(m), by=by, at=NOW)),
    "offline.take_out": ("A strategy", "draft", lambda m, by: offline.take_out(Row.paper(m), "a file", by=by, at=NOW)),
    "publications.prepare": (
        "A strategy",
        "approved",
        lambda m, by: publications.prepare(Row.paper(m), [CLAUSE], by=by, at=NOW),
    ),
    "publications.choose": (
        "A publication",
        "prepared",
        lambda m, by: publications.choose(Row.publication(m), [CLAUSE], base="", by=by, at=NOW),
    ),
    "publications.withhold": (
        "A publication",
        "prepared",
        lambda m, by: publications.withhold(
            Row.publication(m), Place(CLAUSE, "metrics", 1), "privileged", by=by, at=NOW
        ),
    ),
    "publications.show_again": (
        "A publication",
        "prepared",
        lambda m, by: publications.show_again(Row.publication(m), m.withholding_id, by=by, at=NOW),
    ),
    "publications.drop": (
        "A publication",
        "prepared",
        lambda m, by: publications.drop(Row.publication(m), by=by, at=NOW),
    ),
    "publications.release": (
        "A publication",
        "prepared",
        lambda m, by: publications.release(Row.publication(m), sha256="", by=by, at=NOW),
    ),
    "publications.withdraw": (
        "A publication",
        "released",
        lambda m, by: publications.withdraw(Row.publication(m), reason=WHY, by=by, at=NOW),
    ),
    "presence.note": ("A strategy", "draft", lambda m, by: presence.note(Row.paper(m), CLAUSE, by=by, at=NOW)),
    "strategies.begin": (
        "A clock",
        "running",
        lambda m, by: strategies.begin(Row.clock(m).edition, policies.component_of("S&T"), by=by, at=NOW),
    ),
    "assignments.assign": (
        "A strategy",
        "draft",
        lambda m, by: assignments.assign(Row.paper(m), CLAUSE, by, by=by, at=NOW),
    ),
    "assignments.take_back": (
        "A strategy",
        "draft",
        lambda m, by: assignments.take_back(Row.paper(m), CLAUSE, by, by=by, at=NOW),
    ),
    "attachments.attach": (
        "A strategy",
        "draft",
        lambda m, by: attachments.attach(Row.paper(m), CLAUSE, FIGURES, most=10**6, by=by, at=NOW),
    ),
    "attachments.remove": (
        "A strategy",
        "draft",
        lambda m, by: attachments.remove(Row.paper(m), m.address, by=by, at=NOW),
    ),
    "comments.comment": (
        "A strategy",
        "submitted",
        lambda m, by: comments.comment(Row.paper(m), CLAUSE, WHY, by=by, at=NOW),
    ),
    "comments.answer": ("A strategy", "submitted", lambda m, by: comments.answer(Row.remark(m), WHY, by=by, at=NOW)),
    "comments.turn": (
        "A strategy",
        "submitted",
        lambda m, by: comments.turn(Row.remark(m), Kind.MUST_CHANGE, by=by, at=NOW),
    ),
    "comments.settle": ("A strategy", "submitted", lambda m, by: comments.settle(Row.remark(m), by=by, at=NOW)),
    "comments.reopen": ("A strategy", "submitted", lambda m, by: comments.reopen(Row.remark(m), by=by, at=NOW)),
    "moves.move": (
        "A strategy",
        "draft",
        lambda m, by: moves.move(Row.paper(m), reason=WHY, by=by, at=NOW),
    ),
    "drafting.save_section": (
        "A strategy",
        "draft",
        lambda m, by: drafting.save_section(Row.paper(m), CLAUSE, {}, base_revision=1, by=by, at=NOW),
    ),
    "drafting.rename": (
        "A strategy",
        "draft",
        lambda m, by: drafting.rename(Row.paper(m), "Another title", base_revision=1, by=by, at=NOW),
    ),
    "drafting.fill": ("A strategy", "draft", lambda m, by: _filled(Row.paper(m), by)),
    "earlier.take_over": (
        "A strategy",
        "draft",
        lambda m, by: earlier.take_over(Row.paper(m), Row.paper(m), by=by, at=NOW),
    ),
    "earlier.take_over_published": (
        "A strategy",
        "draft",
        lambda m, by: earlier.take_over_published(
            Row.paper(m), Published(code="USCIS", policy="x", document="{}"), by=by, at=NOW
        ),
    ),
    "recusals.recuse": (
        "A strategy",
        "submitted",
        lambda m, by: recusals.recuse(Row.paper(m), reason=WHY, by=by, at=NOW),
    ),
    "recusals.take_off": (
        "A strategy",
        "submitted",
        lambda m, by: recusals.take_off(Row.paper(m), Row.person(m), reason=WHY, by=by, at=NOW),
    ),
    "reviews.assign": (
        "A strategy",
        "submitted",
        lambda m, by: reviews.assign(Row.paper(m), Row.person(m), by=by, at=NOW),
    ),
    "reviews.decline": (
        "A strategy",
        "submitted",
        lambda m, by: reviews.decline(Row.paper(m), reason=WHY, by=by, at=NOW),
    ),
    "reviews.recommend": (
        "A strategy",
        "submitted",
        lambda m, by: reviews.recommend(Row.paper(m), Outcome.RETURNED, text=WHY, by=by, at=NOW),
    ),
    "reviews.send_back": (
        "A strategy",
        "submitted",
        lambda m, by: reviews.send_back(Row.paper(m), reason=WHY, by=by, at=NOW),
    ),
    "reviews.approve": (
        "A strategy",
        "submitted",
        lambda m, by: reviews.approve(Row.paper(m), version_number=1, sha256="", by=by, at=NOW),
    ),
    "rubrics.mark": ("A strategy", "submitted", lambda m, by: rubrics.mark(Row.paper(m), {}, by=by, at=NOW)),
    "strategies.submit": ("A strategy", "draft", lambda m, by: strategies.submit(Row.paper(m), by=by, at=NOW)),
    "strategies.withdraw": (
        "A strategy",
        "submitted",
        lambda m, by: strategies.withdraw(Row.paper(m), reason=WHY, by=by, at=NOW),
    ),
    "taking_out.take_out_preview": (
        "A publication",
        "prepared",
        lambda m, by: taking_out.take_out_preview(Row.publication(m), "a file", by=by, at=NOW),
    ),
    "taking_out.take_out_record": (
        "A strategy",
        "submitted",
        lambda m, by: taking_out.take_out_record(Row.paper(m), "a file", by=by, at=NOW),
    ),
    "taking_out.take_out_report": (
        "The Department",
        "",
        lambda _, by: taking_out.take_out_report("the report", by=by, at=NOW),
    ),
    "taking_out.take_out_version": (
        "A strategy",
        "submitted",
        lambda m, by: taking_out.take_out_version(_version(m), "a file", by=by, at=NOW),
    ),
}
