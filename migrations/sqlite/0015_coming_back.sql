-- Coming back: asking for something to be taken back without a code, what belongs together, questions to a sender, and
-- the sender's own copy.

-- Somebody who lost their code asks us to take something back. What they wrote is sealed under a key of its own, which
-- lies in wrapped_key under this id, so that deleting it erases their words in backups too.
create table take_back_request (
    id text primary key,
    sealed blob not null,
    made_us bigint not null,
    -- What their reference names, if it names anything. Found later by a job, never while somebody waits for an answer.
    submission_id text references submission (id),
    -- The area, where triage has found it out: its leads may decide too.
    area_code text references area (code),
    decided_us bigint,
    decided_by text references staff (id),
    outcome text check (outcome in ('done', 'not_done')),
    why_sealed blob
);
create index take_back_request_open on take_back_request (made_us, id) where decided_us is null;
create index take_back_request_decided on take_back_request (decided_us) where decided_us is not null;

-- Staff say that two submissions are about one child. Both reasons are sealed under the key of the first.
create table submission_link (
    id text primary key,
    one_id text not null references submission (id),
    other_id text not null references submission (id),
    reason_sealed blob not null,
    linked_by text not null references staff (id),
    linked_us bigint not null,
    unlinked_by text references staff (id),
    unlinked_us bigint,
    unlink_reason_sealed blob
);
create index submission_link_by_one on submission_link (one_id, id);
create index submission_link_by_other on submission_link (other_id, id);
-- A pair is linked once at a time, whichever way round somebody linked it.
create unique index submission_link_pair on submission_link
    ((case when one_id < other_id then one_id else other_id end),
     (case when one_id < other_id then other_id else one_id end))
    where unlinked_us is null;

-- A question that waits for a sender behind their code. Nothing is sent to anybody.
create table staff_question (
    id text primary key,
    submission_id text not null references submission (id),
    inspection_id text not null references inspection (id),
    staff_id text not null references staff (id),
    sealed blob not null,
    asked_us bigint not null,
    -- When the sender's page first showed it.
    seen_us bigint,
    -- 'words', 'more' (a recording or a file is to come), or 'no': "I do not want to answer" is an answer.
    answer text check (answer in ('words', 'more', 'no')),
    answer_sealed blob,
    answered_us bigint,
    -- When staff took it back, before it was answered.
    withdrawn_us bigint
);
create index staff_question_by_submission on staff_question (submission_id, id);

-- Whether a question may wait behind the code. Not the same as `reply`: nobody is written to. No unless they said yes.
alter table submission add column may_ask text not null default 'no' check (may_ask in ('yes', 'no'));

-- CRC-32 of an original, from its read-back: a sender's own copy is a zip file, which begins with it.
alter table evidence_item add column crc32 bigint;
