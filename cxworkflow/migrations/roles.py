"""The roles that the application works in, and what they may do with tables of later migrations.

`cxworkflow_app` is who a page works as, `cxworkflow_system` who the sweep, the sender and the operator's commands work
as; nobody signs in as either. All databases of a server have them in common, so they may exist, or come into being in
two databases at once.
"""

MAKE_ROLES = (
    *(
        f"""
        do $$ begin
            if not exists (select from pg_roles where rolname = '{role}') then
                create role {role} nologin {of};
            end if;
        exception when duplicate_object or unique_violation then null;
        end $$
        """
        for role, of in (("cxworkflow_app", ""), ("cxworkflow_system", "in role cxworkflow_app"))
    ),
    # A superuser may take any role; any other owner has to be let.
    """
    do $$ declare may_take_it boolean := case
        when current_setting('server_version_num')::int < 160000
        then pg_has_role(current_user, 'cxworkflow_system', 'member')
        else pg_has_role(current_user, 'cxworkflow_system', 'set') end;
    begin
        if not may_take_it then
            execute format('grant cxworkflow_system to %I', current_user);
        end if;
    end $$
    """,
)
# `cxworkflow_public` is who reads what is published; who works as the system, or as somebody, narrows itself to it.
MAKE_PUBLIC_ROLE = (
    """
    do $$ begin
        if not exists (select from pg_roles where rolname = 'cxworkflow_public') then
            create role cxworkflow_public nologin;
        end if;
    exception when duplicate_object or unique_violation then null;
    end $$
    """,
    """
    do $$ begin
        if not pg_has_role('cxworkflow_system', 'cxworkflow_public', 'member') then
            grant cxworkflow_public to cxworkflow_system;
        end if;
    exception when duplicate_object or unique_violation then null;
    end $$
    """,
)
LATER_TABLES = "alter default privileges in schema public grant select, insert, update on tables to cxworkflow_app"
# A back-up is taken in the role of the system, and holds where each sequence stands.
LATER_SEQUENCES = "alter default privileges in schema public grant select on sequences to cxworkflow_system"
