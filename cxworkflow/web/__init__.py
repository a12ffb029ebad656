"""The pages: one blueprint per part of the work, all under the same guard, headers and errors."""

from flask import Blueprint, Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.routing import IntegerConverter

from cxworkflow.web import (
    account_reviews,
    actions,
    appointments,
    assets,
    assignments,
    attachments,
    calendar_feeds,
    changes,
    clause_map,
    clocks,
    closes,
    closures,
    comments,
    commitment_changes,
    commitments,
    components,
    context,
    cookie,
    decisions,
    demo_pages,
    department,
    departments,
    directorate,
    editions,
    errors,
    evidence,
    extensions,
    fragments,
    guard,
    guides,
    headers,
    hisp_services,
    hisps,
    home,
    hosts,
    implementation,
    inbox,
    library,
    limits,
    live,
    metrics,
    notices,
    offline,
    own_sign_ins,
    papers,
    people,
    policies,
    privacy,
    prometheus,
    prose,
    providers,
    publications,
    published,
    quarter_files,
    quarters,
    queue,
    record,
    recording,
    reference,
    reports,
    retention,
    retention_lists,
    reviews,
    rounds,
    rubric,
    search,
    section_history,
    sections,
    sent_files,
    sign_in_links,
    signin,
    sizes,
    status,
    strategies,
    submission,
    tokens,
    versions,
    webhooks,
    well_known,
    what_if,
    words,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    assets.pages,
    signin.pages,
    providers.pages,
    sign_in_links.pages,
    own_sign_ins.pages,
    tokens.pages,
    home.pages,
    components.pages,
    strategies.pages,
    assignments.pages,
    sections.pages,
    attachments.pages,
    live.pages,
    section_history.pages,
    offline.pages,
    submission.pages,
    editions.pages,
    versions.pages,
    reviews.pages,
    comments.pages,
    rubric.pages,
    changes.pages,
    decisions.pages,
    implementation.pages,
    commitments.pages,
    commitment_changes.pages,
    metrics.pages,
    evidence.pages,
    closes.pages,
    hisps.pages,
    hisp_services.pages,
    quarter_files.pages,
    quarters.pages,
    clocks.pages,
    extensions.pages,
    closures.pages,
    directorate.pages,
    actions.pages,
    papers.pages,
    rounds.pages,
    library.pages,
    queue.pages,
    department.pages,
    departments.pages,
    inbox.pages,
    calendar_feeds.pages,
    notices.pages,
    record.pages,
    policies.pages,
    clause_map.pages,
    search.pages,
    guides.pages,
    people.pages,
    appointments.pages,
    account_reviews.pages,
    privacy.pages,
    retention.pages,
    retention_lists.pages,
    publications.pages,
    reports.pages,
    published.pages,
    status.pages,
    prometheus.pages,
    webhooks.pages,
    what_if.pages,
    demo_pages.pages,
    well_known.pages,
)


class RowNumber(IntegerConverter):
    """A number in an address; one that no row can have leads nowhere."""

    regex = "[0-9]{1,18}"


def register(app: Flask) -> None:
    """Give the application its pages; ends the start if one of them says not who may open it."""
    app.jinja_environment = fragments.Templates
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # A draft may lie open for days; the token ends with the sign-in.
    app.config.update(WTF_CSRF_TIME_LIMIT=None)
    app.url_map.converters["int"] = RowNumber
    sizes.register(app)
    cookie.register(app)
    recording.register(app)
    reference.register(app)
    prometheus.register(app)
    hosts.register(app)
    guard.register(app)
    sent_files.register(app)
    attachments.register(app)
    quarter_files.register(app)
    CSRFProtect(app)
    headers.register(app)
    errors.register(app)
    assets.register(app)
    providers.register(app)
    context.register(app)
    words.register(app)
    fragments.register(app)
    guides.register(app)
    prose.register(app)
    published.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    limits.register(app)
    guard.check_all_guarded(app)
