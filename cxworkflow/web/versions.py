"""A frozen version, as it was submitted."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from cxworkflow.queries import strategies as queries
from cxworkflow.web import current
from cxworkflow.web.guard import signed_in

pages = Blueprint("versions", __name__)


@pages.get("/strategies/<int:strategy_id>/versions/<int:number>")
@signed_in
def one(strategy_id: int, number: int) -> ResponseReturnValue:
    """The version with its hash, for everybody who may see the strategy once it is submitted."""
    paper = queries.paper(current.person(), strategy_id, at=current.now())
    version = queries.version(paper.strategy, number)
    asked = [section for section in paper.policy.sections if section.clause in version.content]
    return render_template(
        "strategies/version.html", paper=paper, strategy=paper.strategy, version=version, sections=asked
    )
