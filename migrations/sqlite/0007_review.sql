-- Reading and using what was sent. A review belongs to a pair: one submission, one inspection.

create table review (
    submission_id text not null references submission (id),
    inspection_id text not null references inspection (id),
    state text not null check (state in ('waiting', 'claimed', 'reviewed', 'used', 'set_aside')),
    -- Copied from the submission, for the order of the queue.
    sent_us bigint not null,
    claimed_by text references staff (id),
    -- A claim lapses; notes never do.
    claimed_until_us bigint,
    changed_us bigint not null,
    changed_by text,
    set_aside_why text,
    -- Set when something was added after the last review: "new since you read it".
    new_since_us bigint,
    primary key (submission_id, inspection_id)
);
create index review_queue on review (inspection_id, sent_us, submission_id);
create index review_claims on review (claimed_by, inspection_id);

create table review_seen (
    submission_id text not null references submission (id),
    staff_id text not null references staff (id),
    seen_us bigint not null,
    primary key (submission_id, staff_id)
);

create table note (
    id text primary key,
    submission_id text not null references submission (id),
    inspection_id text references inspection (id),
    item_id text references evidence_item (id),
    -- A moment in sound or video, in milliseconds.
    at_ms bigint,
    staff_id text not null references staff (id),
    sealed blob not null,
    created_us bigint not null
);
create index note_by_submission on note (submission_id, id);

-- A person must look today.
create table flag (
    id text primary key,
    submission_id text not null references submission (id),
    item_id text references evidence_item (id),
    -- 'safeguarding', or 'should_not_see' for "I should not be seeing this".
    kind text not null check (kind in ('safeguarding', 'should_not_see')),
    raised_by text,
    reason_sealed blob,
    raised_us bigint not null,
    closed_us bigint,
    closed_by text,
    outcome_sealed blob
);
create index flag_open on flag (raised_us, id) where closed_us is null;
create index flag_by_submission on flag (submission_id);
