-- Which rows a member of staff may see, said once. Every query about what was sent goes through these views.

-- The inspections somebody is on. An area they must never see takes the inspection away, whoever put them on it.
create view staff_inspection as
select m.staff_id, m.inspection_id, m.lead, i.area_code
from inspection_member m
join inspection i on i.id = m.inspection_id
join staff t on t.id = m.staff_id
where t.disabled_us is null
  and t.role in ('inspector', 'lead', 'safeguarding')
  and not exists (
      select 1 from staff_never_area n where n.staff_id = m.staff_id and n.area_code = i.area_code
  );

-- What somebody must never see, because one of its areas is closed to them. A second area does not open it.
create view staff_refused as
select n.staff_id, a.submission_id
from staff_never_area n
join submission_area a on a.area_code = n.area_code;

-- What somebody may read, and why. Made for asking about one submission; a queue joins review with staff_inspection
-- and leaves out staff_refused.
create view staff_reads as
-- Inspectors and leads: what was sent for the area of an inspection they are on, and not taken back.
select v.staff_id, s.id as submission_id, v.inspection_id, 'inspection' as why
from submission s
cross join staff_inspection v
where s.state = 'sent'
  and exists (select 1 from submission_area a where a.submission_id = s.id and a.area_code = v.area_code)
  and not exists (select 1 from staff_refused x where x.staff_id = v.staff_id and x.submission_id = s.id)
union all
-- Triage: the lane "area not known".
select t.id, s.id, cast(null as text), 'lane'
from submission s
cross join staff t
where s.state = 'sent' and t.role = 'triage' and t.disabled_us is null
  and not exists (select 1 from submission_area a where a.submission_id = s.id)
union all
-- Safeguarding: whatever a flag was raised on. Taking it back hides it from everyone else.
select t.id, s.id, cast(null as text), 'flag'
from submission s
cross join staff t
where s.state in ('sent', 'withdrawn') and t.role = 'safeguarding' and t.disabled_us is null
  and exists (select 1 from flag f where f.submission_id = s.id)
  and not exists (select 1 from staff_refused x where x.staff_id = t.id and x.submission_id = s.id);
