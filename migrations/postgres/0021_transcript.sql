-- What is said in a film or a sound, or written on paper, as words: typed by staff, or corrected from a machine's draft. The
-- item itself never changes. A correction is a new version, and earlier versions stay.
create table transcript (
    id text collate "C" primary key,
    submission_id text collate "C" not null references submission (id),
    item_id text collate "C" not null references evidence_item (id),
    version bigint not null,
    -- Sealed under the submission's key: lines, of which some begin with a time.
    text_sealed bytea not null,
    entered_by text collate "C" not null references staff (id),
    entered_us bigint not null,
    unique (item_id, version)
);
create index transcript_by_submission on transcript (submission_id, item_id, version);
