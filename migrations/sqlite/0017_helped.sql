-- How it came about: whether its sender works for those who are inspected, and whether its place is kept from readers.

-- 'school', 'council', 'nhs' or 'no'; nothing where it was not answered.
alter table submission add column works_for text;
-- "People must not find out where this child lives." Only leads and safeguarding see where that is.
alter table submission add column place_hidden boolean not null default false;

-- When an item's words were given, and on which days, sealed: apart from when they were typed or sent.
alter table evidence_item add column days_sealed blob;

-- Who sends, said once for lists and counts: families apart from professionals. Somebody of a family who also works for
-- a school, a council or the NHS is counted as both, and in neither of the two.
create view submission_sender as
select s.id as submission_id,
    case
        when s.role = 'professional' then 'professional'
        when s.role in ('child', 'young_person', 'parent', 'carer', 'foster_or_kinship_carer', 'sibling', 'former') then
            case when s.works_for in ('school', 'council', 'nhs') then 'both' else 'family' end
        when s.works_for in ('school', 'council', 'nhs') then 'professional'
        else 'other'
    end as sender
from submission s;

-- Triage does not see what must not say where a child lives: safeguarding places that. The rest is as it was.
drop view staff_reads;
create view staff_reads as
-- Inspectors and leads: what was sent for the area of an inspection they are on, and not taken back.
select v.staff_id, s.id as submission_id, v.inspection_id, 'inspection' as why
from submission s
cross join staff_inspection v
where s.state = 'sent'
  and exists (select 1 from submission_area a where a.submission_id = s.id and a.area_code = v.area_code)
  and not exists (select 1 from staff_refused x where x.staff_id = v.staff_id and x.submission_id = s.id)
union all
-- The lane "area not known".
select t.id, s.id, cast(null as text), 'lane'
from submission s
cross join staff t
where s.state = 'sent' and t.disabled_us is null
  and ((t.role = 'triage' and not s.place_hidden) or (t.role = 'safeguarding' and s.place_hidden))
  and not exists (select 1 from submission_area a where a.submission_id = s.id)
union all
-- Safeguarding: whatever a flag was raised on. Taking it back hides it from everyone else.
select t.id, s.id, cast(null as text), 'flag'
from submission s
cross join staff t
where s.state in ('sent', 'withdrawn') and t.role = 'safeguarding' and t.disabled_us is null
  and exists (select 1 from flag f where f.submission_id = s.id)
  and not exists (select 1 from staff_refused x where x.staff_id = t.id and x.submission_id = s.id);
