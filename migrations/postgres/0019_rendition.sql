-- Safe copies of originals, and the work of making them.

-- One row for each item that copies are to be made of: it is the queue, and what came of it.
create table preparation (
    item_id text collate "C" primary key references evidence_item (id),
    submission_id text collate "C" not null,
    -- Sound and video may take hours; pictures and pages must not wait for them.
    work text not null check (work in ('quick', 'long')),
    asked_us bigint not null,
    -- Counted before the work begins, so that a file that takes its worker with it is counted too.
    tries bigint not null,
    -- Not before this moment: a file that failed is given a pause, in which the others of its submission go on.
    after_us bigint not null,
    -- When somebody began, and which process: none while nobody is at work on it.
    begun_us bigint,
    holder text,
    ended_us bigint,
    -- Why the last try came to nothing: a name, never content.
    fault text,
    -- Which tools were there when one was missing. With others there, it is asked for again.
    with_tools text not null,
    -- What somebody who sees the copies should know: names with commas between them.
    notes text not null,
    -- The original says where it was made. The place itself is nowhere but in the original.
    has_place boolean not null,
    -- What the original says of itself, sealed under the submission's key.
    says_sealed bytea,
    took_ms bigint,
    peak_memory bigint
);
create index preparation_by_submission on preparation (submission_id);
create index preparation_open on preparation (submission_id, work) where ended_us is null;

-- One safe copy. It is sealed under its item's key, so that what takes the key takes the copies.
create table rendition (
    id text collate "C" primary key,
    item_id text collate "C" not null references evidence_item (id),
    role text not null,
    page bigint not null,
    media_type text not null,
    length bigint not null,
    sha256 bytea not null,
    -- The digest of the original that it was made from.
    source_sha256 bytea not null,
    object_id text collate "C" not null unique,
    object_key text collate "C" not null unique,
    tool text not null,
    settings text not null,
    plays_ms bigint,
    created_us bigint not null,
    unique (item_id, role, page)
);

-- An upload's objects are its original, its tails, and now the copies of its original.
alter table stored_object drop constraint stored_object_kind_check;
alter table stored_object add constraint stored_object_kind_check check (kind in ('original', 'tail', 'rendition'));
