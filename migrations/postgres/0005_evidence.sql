-- One thing inside a submission, and the bytes it came as.

create table evidence_item (
    id text collate "C" primary key,
    submission_id text collate "C" not null references submission (id),
    -- Citable: "HRD-7K4P-2M9X, item 2". Never used again after a removal.
    number bigint not null,
    kind text not null check (kind in ('video', 'audio', 'image', 'aac', 'scan', 'document', 'text', 'unknown')),
    -- What the content showed it to be; never taken from the sender's name for it.
    media_type text not null,
    state text not null check (state in
        ('receiving', 'received', 'checking', 'preparing', 'ready', 'kept', 'held', 'failed', 'removed')),
    -- Why it is kept, held or failed: a name, never content.
    state_reason text,
    -- Bytes of the original once known, and its digest once read back.
    length bigint,
    sha256 bytea,
    received_us bigint,
    verified_us bigint,
    -- Virus scan: a fact beside the state, about one digest.
    scan text not null default 'not_yet' check (scan in ('not_yet', 'clean', 'found', 'too_big', 'no_scanner')),
    scan_sha256 bytea,
    -- Voice: two facts, both optional.
    whose text,
    reached text,
    reached_by text,
    -- The child's own answer.
    assent text check (assent in ('yes', 'no', 'not_asked', 'could_not_tell')),
    assent_on text,
    -- BCP 47, 'bfi' for British Sign Language, 'und' for "I do not know".
    language text,
    name_sealed bytea,
    what_sealed bytea,
    assent_how_sealed bytea,
    -- The writing itself, for kind 'text'.
    text_sealed bytea,
    text_words bigint,
    created_us bigint not null,
    -- Null while it is part of a draft or was added and not yet sent.
    sent_us bigint,
    removed_us bigint,
    -- "I should not be seeing this": closed for everyone until the safeguarding lead decides.
    closed_us bigint,
    unique (submission_id, number)
);
create index evidence_item_by_state on evidence_item (state, id);
