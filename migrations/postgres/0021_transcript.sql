-- What is said in a film or a sound, or written on paper, as words: by its sender, typed by
-- staff, or corrected from a machine's draft. The item itself never changes. Staff add versions, and earlier ones stay.
create table transcript (
    id text collate "C" primary key,
    submission_id text collate "C" not null references submission (id),
    item_id text collate "C" not null references evidence_item (id),
    version bigint not null,
    -- Sealed under the submission's key: lines, of which some begin with a time.
    text_sealed bytea not null,
    -- None: the sender, before it was sent.
    entered_by text collate "C" references staff (id),
    entered_us bigint not null,
    unique (item_id, version)
);
create index transcript_by_submission on transcript (submission_id, item_id, version);
