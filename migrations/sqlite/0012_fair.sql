-- What one address did today, so that no address takes what belongs to all. An address is known by a keyed digest of
-- itself and the day: tomorrow's is another, and today's rows go within a day.

create table address_day (
    who blob primary key,
    -- Drafts that were begun from there.
    drafts bigint not null default 0,
    at_us bigint not null
);
create index address_day_by_time on address_day (at_us);

-- Whose share of the spool an unfinished upload counts for. Emptied when it is whole, when it is removed, and after a day.
alter table upload add column came_from blob;
create index upload_by_address on upload (came_from) where came_from is not null;
