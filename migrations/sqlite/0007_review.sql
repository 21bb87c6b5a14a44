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
    -- A name from a list, never free text.
    set_aside_why text,
    -- What was there up to this moment has been read; what was added later makes it waiting again.
    read_us bigint,
    -- Set when something was added after the last review: "new since you read it".
    new_since_us bigint,
    -- Counted up by each move, so that of two people who move it at once one sees what the other did.
    version bigint not null default 0,
    primary key (submission_id, inspection_id)
);
create index review_queue on review (inspection_id, sent_us, submission_id);
create index review_claims on review (claimed_by, inspection_id);

-- What happened to a review, step by step: earlier teams' work stays visible as history.
create table review_step (
    submission_id text not null,
    inspection_id text not null,
    version bigint not null,
    state text not null,
    -- Empty where the service itself moved it, because something was added.
    staff_id text references staff (id),
    at_us bigint not null,
    primary key (submission_id, inspection_id, version),
    foreign key (submission_id, inspection_id) references review (submission_id, inspection_id)
);

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
    -- 'download': why somebody downloaded an original that was not checked for viruses.
    kind text not null default 'note' check (kind in ('note', 'download')),
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
    outcome_sealed blob,
    -- While true, what it is about is closed for everyone but safeguarding.
    seals boolean not null default false
);
create index flag_open on flag (raised_us, id) where closed_us is null;
create index flag_by_submission on flag (submission_id);

-- Submissions that say no area, until triage places them. The order of the lane is the order of sending.
create table area_lane (
    submission_id text primary key references submission (id),
    sent_us bigint not null,
    placed_us bigint,
    placed_by text references staff (id),
    reason_sealed blob
);
create index area_lane_open on area_lane (sent_us, submission_id) where placed_us is null;

-- When a session last opened an item, so that a play is one audit row in ten minutes and not one for each request.
-- 'original' rows also let a download that was given a reason go on after a break.
create table opened (
    session_hash blob not null,
    item_id text not null references evidence_item (id),
    how text not null check (how in ('play', 'original')),
    at_us bigint not null,
    primary key (session_hash, item_id, how)
);
create index opened_by_time on opened (at_us);
