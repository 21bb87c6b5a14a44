-- Local areas as dated rows: they merge and split every April.

create table area (
    code text primary key,
    dfe_number text,
    name text not null,
    region text not null,
    valid_from text not null,
    valid_to text,
    -- The area that this one came from, for areas made by a merger or a split.
    successor_of text,
    made_up boolean not null
);

-- Every name people may type: council, short form, district, former name. `folded` is what a search compares.
create table area_name (
    area_code text not null references area (code),
    folded text not null,
    name text not null,
    kind text not null,
    primary key (area_code, folded)
);
create index area_name_by_folded on area_name (folded);

create table inspection (
    id text primary key,
    area_code text not null references area (code),
    kind text not null check (kind in ('full', 'monitoring')),
    title text not null,
    -- Days in England, typed by people.
    opened_on text not null,
    reported_on text,
    -- An optional dated invitation to send views.
    call_from text,
    call_to text,
    created_us bigint not null
);
create index inspection_by_area on inspection (area_code, opened_on);

create table inspection_member (
    inspection_id text not null references inspection (id),
    staff_id text not null references staff (id),
    lead boolean not null,
    primary key (inspection_id, staff_id)
);
create index inspection_member_by_staff on inspection_member (staff_id);
