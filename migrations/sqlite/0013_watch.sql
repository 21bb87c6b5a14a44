-- What the operator sees of uploads: how often what went wrong, and what the last comparison found. Numbers only.

create table upload_failure (
    -- The beginning of an hour.
    hour_us bigint not null,
    -- A name from a list; never an id, an address or a person's.
    cause text not null,
    times bigint not null,
    primary key (hour_us, cause)
);

-- The last comparison of database, spool and store, by the server whose spool was looked at.
create table reconcile_run (
    server text primary key,
    at_us bigint not null,
    agreed bigint not null,
    adopted bigint not null,
    deleted bigint not null,
    missing bigint not null,
    unknown bigint not null,
    lost bigint not null,
    alarms bigint not null
);

create index upload_unverified on upload (stored_us) where state = 'stored' and verified_us is null;
create index upload_alarm on upload (id) where alarm is not null;
