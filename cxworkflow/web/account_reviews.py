"""The quarter's review of accounts: everybody, their roles, since when, last seen when; confirmed, and taken out."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cxworkflow.db import unit_of_work
from cxworkflow.documents.csv_file import csv_bytes
from cxworkflow.permissions import Permission
from cxworkflow.queries import people as queries
from cxworkflow.services import account_reviews
from cxworkflow.web import current
from cxworkflow.web.guard import needs

pages = Blueprint("account_reviews", __name__)


@pages.get("/people/review")
@needs(Permission.SEE_PEOPLE)
def page() -> ResponseReturnValue:
    """All accounts as they stand, and the reviews that were confirmed."""
    lines = account_reviews.statement(on=current.today())
    return render_template(
        "people/review.html",
        lines=lines,
        mark=account_reviews.mark_of(lines),
        quarter=account_reviews.quarter_of(current.today()),
        reviews=queries.account_reviews(),
    )


@pages.post("/people/review")
@needs(Permission.CONFIRM_ACCOUNTS)
def confirm() -> ResponseReturnValue:
    """Confirm the accounts as they were read."""
    with unit_of_work():
        review = account_reviews.confirm(request.form.get("mark", ""), by=current.person(), at=current.now())
        quarter = review.quarter
    flash(f"The accounts are confirmed for {quarter}. The statement can be downloaded below.", "success")
    return redirect(url_for("account_reviews.page"), 303)


@pages.get("/people/review/<int:review_id>.csv")
@needs(Permission.SEE_PEOPLE)
def download(review_id: int) -> Response:
    """A confirmed statement as a table."""
    with unit_of_work():
        review = queries.account_review(review_id)
        name, rows = review.quarter, account_reviews.take_out(review, by=current.person(), at=current.now())
    answer = Response(csv_bytes(rows), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"account-review-{name}.csv")
    return answer
