"""Of which department each row is, as the policies of row-level security ask it since migration 0056."""

HERE = "(select current_setting('cxworkflow.department', true))"
# Asked once in a transaction by who declares it; else, by parts of the release before, with each statement.
ALONE = (
    "(select coalesce(nullif(current_setting('cxworkflow.one_department', true), '')::boolean, one_department_only()))"
)
ON_THE_WAY_IN = "(select current_setting('cxworkflow.signing_in', true) = 'yes')"
ME = "(select nullif(current_setting('cxworkflow.person', true), '')::bigint)"

# What a row says that is of no Component, strategy or edition: the department in which it was written.
STAMP = "nullif(current_setting('cxworkflow.department', true), '')"
STAMPED = ("event", "notice", "account_review", "legal_hold", "disposal", "webhook")

BY_COMPONENT = (
    "acknowledgement",
    "attachment",
    "attachment_content",
    "close_line",
    "concurrence",
    "concurrence_comment",
    "coordination_asked",
    "evidence",
    "guidance_audience",
    "quarter_entry",
    "quarter_report",
    "service",
    "strategy",
)
BY_STRATEGY = (
    "action_link",
    "answer",
    "answer_revision",
    "assignment",
    "citation",
    "comment",
    "commitment",
    "commitment_change",
    "completion",
    "decision",
    "decision_letter",
    "implementation_report",
    "presence",
    "progress",
    "publication",
    "reading",
    "recusal",
    "reply",
    "rubric_mark",
    "version",
)
BY_EDITION = (
    "action_standing",
    "action_step",
    "clock",
    "coordination_round",
    "deliverable",
    "duty_draft",
    "duty_signature",
    "fiscal_close",
    "guidance",
)
BY_CLOCK = ("clock_change", "extension_request")
BY_VERSION = ("recommendation", "review")
# One's own, whichever department one works in, or of the installation as a whole; and what everybody may read.
OF_NO_DEPARTMENT = frozenset(
    {
        "anchor",
        "api_token",
        "calendar_feed",
        "demo_clock",
        "heartbeat",
        "job_run",
        "preference",
        "published",
        "record_check",
        "sign_in",
        "sign_in_link",
        "sweep_run",
    }
)

OF_IT = f"department = {HERE}"
_WRITTEN = "department, component_id, strategy_id, clock_id"
# Table: what a row has to be to be of the department in which somebody works. Of an account, others than who keeps it
# see it, too, where its person has a role.
OF_THE_DEPARTMENT: dict[str, str] = {
    **dict.fromkeys(BY_COMPONENT, f"{ALONE} or component_here(component_id)"),
    **dict.fromkeys(BY_STRATEGY, f"{ALONE} or strategy_here(strategy_id)"),
    **dict.fromkeys(BY_EDITION, f"{ALONE} or edition_here(edition_id)"),
    **dict.fromkeys(BY_CLOCK, f"{ALONE} or clock_here(clock_id)"),
    **dict.fromkeys(BY_VERSION, f"{ALONE} or version_here(version_id)"),
    **dict.fromkeys(("account_review", "disposal", "office_closure", "policy_edition"), f"{ALONE} or {OF_IT}"),
    **dict.fromkeys(("former_place", "legal_hold", "webhook"), f"{ALONE} or {OF_IT}"),
    **dict.fromkeys(("appointment", "component"), f"{ALONE} or {OF_IT} or {ON_THE_WAY_IN}"),
    "attempt": f"{ALONE} or notice_here(notice_id)",
    "event": f"{ALONE} or {HERE} = coalesce(department_of({_WRITTEN}), keeper_of(by_id), '') "
    f"or by_id = {ME} and department_of({_WRITTEN}) is null",
    "identity": f"{ALONE} or {ON_THE_WAY_IN} or person_id = {ME} or {HERE} = keeper_of(person_id)",
    "kept_file": f"{ALONE} or by_id = {ME} or file_here(id)",
    "notice": f"{ALONE} or {HERE} = department_of({_WRITTEN}) "
    f"or person_id = {ME} and department_of({_WRITTEN}) is null",
    "person": f"{ALONE} or {HERE} = any (departments) or id = {ME} or {ON_THE_WAY_IN}",
    "webhook_attempt": f"{ALONE} or delivery_here(delivery_id)",
    "webhook_delivery": f"{ALONE} or webhook_here(webhook_id)",
    "withholding": f"{ALONE} or publication_here(publication_id)",
}
KEEPS_THE_ACCOUNT = f"{ALONE} or departments[1] = {HERE} or {ON_THE_WAY_IN}"

_COMPONENT = "select from component c where c.department = here and c.id = component_here.component_id"
_EDITION = "select from policy_edition e where e.department = here and e.id = edition_here.edition_id"
_CLOCK = """select from clock k join policy_edition e on e.id = k.edition_id
            where e.department = here and k.id = clock_here.clock_id"""
_STRATEGY = """select from strategy s join component c on c.id = s.component_id
               where c.department = here and s.id = strategy_here.strategy_id"""
_VERSION = """select from version v join strategy s on s.id = v.strategy_id join component c on c.id = s.component_id
              where c.department = here and v.id = version_here.version_id"""
_PUBLICATION = """select from publication p join strategy s on s.id = p.strategy_id
                  join component c on c.id = s.component_id
                  where c.department = here and p.id = publication_here.publication_id"""
_FILE = """select from policy_edition e where e.department = here and e.id in (
               select d.edition_id from duty_draft d where d.file_id = file_here.file_id
               union select g.edition_id from guidance g where g.file_id = file_here.file_id)"""
_WEBHOOK = "select from webhook w where w.department = here and w.id = webhook_here.webhook_id"
_DELIVERY = """select from webhook_delivery d join webhook w on w.id = d.webhook_id
               where w.department = here and d.id = delivery_here.delivery_id"""
_OF = {
    "component_here(component_id bigint)": _COMPONENT,
    "strategy_here(strategy_id bigint)": _STRATEGY,
    "edition_here(edition_id bigint)": _EDITION,
    "clock_here(clock_id bigint)": _CLOCK,
    "version_here(version_id bigint)": _VERSION,
    "publication_here(publication_id bigint)": _PUBLICATION,
    "file_here(file_id bigint)": _FILE,
    "webhook_here(webhook_id bigint)": _WEBHOOK,
    "delivery_here(delivery_id bigint)": _DELIVERY,
}


def _asks(signature: str, returns: str, body: str) -> str:
    """A function that looks as the owner of the tables, so that their policies are not planned over again."""
    return f"""
        create function {signature} returns {returns}
        language plpgsql stable security definer set search_path = public, pg_temp cost 1 as $$
        declare here text := current_setting('cxworkflow.department', true);
        begin
            {body}
        end $$
    """


_DEPARTMENT_OF = """
    if component_id is not null then
        return (select c.department from component c where c.id = department_of.component_id);
    elsif strategy_id is not null then
        return (select c.department from strategy s join component c on c.id = s.component_id
                 where s.id = department_of.strategy_id);
    elsif clock_id is not null then
        return (select e.department from clock k join policy_edition e on e.id = k.edition_id
                 where k.id = department_of.clock_id);
    end if;
    return written;
"""
_NOTICE_HERE = """
    return exists (
        select from notice n where n.id = notice_here.notice_id
           and here = department_of(n.department, n.component_id, n.strategy_id, n.clock_id));
"""
_DISPOSABLE = """
    return case of_kind
        when 'drafts' then strategy_here(id)
        when 'e-mails' then (select here = department_of(n.department, n.component_id, n.strategy_id, n.clock_id)
                               from notice n where n.id = disposable_here.id)
        -- Whoever has an account in another department, too, is kept for that.
        when 'people' then (select p.departments = array[here] from person p where p.id = disposable_here.id)
        when 'account-reviews' then (select r.department = here from account_review r where r.id = disposable_here.id)
        else false end;
"""
_ALONE = "return (select coalesce(min(department) = max(department), true) from component);"
_SOLE = "return coalesce((select min(department) from component having min(department) = max(department)), '');"
_KEEPER = "return (select p.departments[1] from person p where p.id = person_id);"
_THE_ROLE = """
    create function of_its_department() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
    begin
        if new.component_id is not null then
            new.department := (select department from component where id = new.component_id);
        elsif new.department = '' then
            new.department := coalesce(nullif(current_setting('cxworkflow.department', true), ''), sole_department());
        end if;
        return new;
    end $$
"""
_THE_PERSON = """
    create function of_a_department() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
    begin
        if new.departments = '{}' then
            new.departments := array_remove(
                array[coalesce(nullif(current_setting('cxworkflow.department', true), ''), sole_department())], '');
        end if;
        return new;
    end $$
"""
_KNOWN = """
    create function known_in_the_department() returns trigger language plpgsql
    security definer set search_path = public, pg_temp as $$
    begin
        update person set departments = departments || new.department
         where id = new.person_id and new.department <> '' and new.department <> all (departments);
        return null;
    end $$
"""
# A hash is no part of what a line says: who takes out a story gets those of all lines, to check it by.
_CHAIN = """
    create function record_chain() returns table (seq bigint, written text, body_sha256 text, hash text)
    language sql stable security definer set search_path = public, pg_temp as $$
        select event.seq, to_char(event.written_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               encode(sha256(convert_to(event.body, 'UTF8')), 'hex'), event.hash
          from event
         where current_setting('role') <> 'cxworkflow_app' or 'always' = any (reach('see_record'))
    $$
"""
FUNCTIONS = (
    _asks("one_department_only()", "boolean", _ALONE),
    _asks("sole_department()", "text", _SOLE),
    _asks("keeper_of(person_id bigint)", "text", _KEEPER),
    *(_asks(signature, "boolean", f"return exists ({found});") for signature, found in _OF.items()),
    _asks(
        "department_of(written text, component_id bigint, strategy_id bigint, clock_id bigint)", "text", _DEPARTMENT_OF
    ),
    _asks("notice_here(notice_id bigint)", "boolean", _NOTICE_HERE),
    _asks("disposable_here(of_kind text, id bigint)", "boolean", _DISPOSABLE),
    _THE_ROLE,
    _THE_PERSON,
    _KNOWN,
    _CHAIN,
)
# Other programs are told of the events of their department alone.
OWED_TO_ALL = "(webhook.component_id is null or webhook.component_id = event.component_id)"
OWED_TO_OWN = f"""{OWED_TO_ALL} and (one_department_only() or webhook.department
                 = department_of(event.department, event.component_id, event.strategy_id, event.clock_id))"""
TRIGGERS = tuple(
    f"create trigger {name} {when} for each row execute function {name}()"
    for name, when in (
        ("of_its_department", "before insert or update of component_id, department on appointment"),
        ("known_in_the_department", "after insert or update of department on appointment"),
        ("of_a_department", "before insert on person"),
    )
)
