-- What every feature stands on: wrapped keys, background work, mail, the audit chain.
-- Text ids and cursors sort by bytes on both engines, so PostgreSQL needs collate "C".

create table wrapped_key (
    id text collate "C" primary key,
    -- 'service' and 'submission' keys are wrapped by the master key, 'item' keys by their submission's key.
    kind text not null check (kind in ('service', 'submission', 'item')),
    parent text collate "C",
    wrapped bytea not null,
    -- Which master key wrapped it (rotation re-wraps row by row). Empty for item keys.
    master_id text not null,
    created_us bigint not null
);
create index wrapped_key_by_parent on wrapped_key (parent);

-- Work to be done outside a request. Enqueued in the transaction that made it necessary.
create table job (
    id text collate "C" primary key,
    kind text not null,
    -- The id of the thing it is about; never content.
    subject text collate "C" not null,
    -- Enqueuing again under the same name while one waits is not an error and adds nothing.
    dedup text collate "C" unique,
    run_at_us bigint not null,
    -- Counted when leased, so that a job that kills its worker does not loop for ever.
    attempts bigint not null default 0,
    max_attempts bigint not null,
    lease_by text collate "C",
    lease_until_us bigint,
    -- Set when the tries are used up: a person must look.
    failed_us bigint,
    last_error text,
    created_us bigint not null
);
create index job_by_time on job (run_at_us, id) where failed_us is null;
create index job_by_subject on job (subject, kind);

-- Mail waiting to be sent: a job carries the id, this row the sealed content, which goes once the mail is sent.
create table mail (
    id text collate "C" primary key,
    sealed bytea,
    created_us bigint not null,
    sent_us bigint
);

-- Who did what, in a chain: each row's hash covers the row before it.
create table audit (
    seq bigint primary key,
    at_us bigint not null,
    actor text collate "C" not null,
    action text not null,
    object_kind text not null,
    object_id text collate "C" not null,
    -- Facts without content, as JSON.
    detail text not null,
    previous bytea not null,
    hash bytea not null
);
create index audit_by_object on audit (object_id, seq);
create index audit_by_actor on audit (actor, seq);

-- The end of the chain. Updating it is what makes writers wait for each other.
create table audit_head (
    id bigint primary key,
    seq bigint not null,
    hash bytea not null
);
insert into audit_head (id, seq, hash) values (1, 0, '');

-- Failed tries that slow somebody down (wrong codes, wrong passwords), by a keyed hash of who tried.
create table failed_try (
    id text collate "C" primary key,
    kind text not null,
    who bytea not null,
    at_us bigint not null
);
create index failed_try_by_who on failed_try (kind, who, at_us);
create index failed_try_by_time on failed_try (at_us);
