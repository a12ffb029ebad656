"""What keeps a publication and what it withholds as they were released: migration 0034 alone uses it."""

FIXED = """
create function fix_publication() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
declare me bigint := nullif(current_setting('cxworkflow.person', true), '')::bigint;
begin
    if tg_op = 'INSERT' then
        if new.released_at is not null or new.withdrawn_at is not null or new.dropped_at is not null then
            raise exception 'a publication begins as prepared' using errcode = 'restrict_violation';
        end if;
    else
        if old.dropped_at is not null or old.withdrawn_at is not null
           or (new.strategy_id, new.version_id, new.by_id, new.prepared_at)
              is distinct from (old.strategy_id, old.version_id, old.by_id, old.prepared_at) then
            raise exception 'a publication that was dropped or withdrawn is not changed, nor what it is of'
                using errcode = 'restrict_violation';
        end if;
        if old.released_at is not null then
            if to_jsonb(new) - '{withdrawn_at,withdrawn_by_id,withdrawn_because}'::text[]
               <> to_jsonb(old) - '{withdrawn_at,withdrawn_by_id,withdrawn_because}'::text[] then
                raise exception 'what was released is only ever withdrawn' using errcode = 'restrict_violation';
            end if;
        elsif new.released_at is not null then
            if new.released_by_id <> coalesce(me, new.released_by_id) or new.clauses <> old.clauses
               or exists (select from withholding w where w.publication_id = new.id and w.by_id = new.released_by_id)
            then
                raise exception 'a second person releases a publication as it was prepared'
                    using errcode = 'restrict_violation';
            end if;
        end if;
    end if;
    if new.withdrawn_at is null and new.dropped_at is null and not exists (
        select from strategy s where s.id = new.strategy_id and s.approved_version_id = new.version_id) then
        raise exception 'only the approved version is published' using errcode = 'restrict_violation';
    end if;
    return new;
end $$
"""
FIXED_PASSAGES = """
create function fix_withholding() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
    if not exists (
        select from publication p
         where p.id = case tg_op when 'DELETE' then old.publication_id else new.publication_id end
           and p.released_at is null and p.dropped_at is null) then
        raise exception 'what is withheld is fixed once a publication is released or dropped'
            using errcode = 'restrict_violation';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$
"""
