"""In which department one works, for who holds roles in several."""

from functools import lru_cache

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from config.settings import ORGANIZATIONS
from cxworkflow.db import unit_of_work
from cxworkflow.errors import NotFound
from cxworkflow.policies.organizations import read_organization
from cxworkflow.services import sign_ins
from cxworkflow.web.guard import signed_in
from cxworkflow.web.signin import own_path

pages = Blueprint("departments", __name__, url_prefix="/me/department")


@lru_cache(maxsize=64)
def name_of(department: str) -> str:
    """What a department is called in its file; its code, in capitals, if it has none."""
    file = ORGANIZATIONS / f"{department}.toml"
    return read_organization(file).name if department and file.is_file() else department.upper()


@pages.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The departments in which one holds a role, and that in which one works now."""
    return render_template("people/department.html", choices=_choices(), next=own_path(request.args.get("next", "")))


@pages.post("")
@signed_in
def choose() -> ResponseReturnValue:
    """From here on, pages show the chosen department, in the roles that one holds there, until one chooses anew."""
    chosen = request.form.get("department", "")
    if chosen not in dict(_choices()):
        raise NotFound("You hold no role in such a department. Choose one of the list.")
    with unit_of_work():
        sign_ins.work_in(g.present, chosen)
    flash(f"The department in which you work now: {name_of(chosen)}.", "success")
    return redirect(own_path(request.form.get("next", "")), 303)


def _choices() -> list[tuple[str, str]]:
    return [(each, name_of(each)) for each in g.departments or [g.department]]
