-- One arrival of bytes. It becomes the original of exactly one evidence item.

create table upload (
    id text collate "C" primary key,
    item_id text collate "C" not null unique references evidence_item (id),
    submission_id text collate "C" not null references submission (id),
    -- Goes into every key and segment of the sealed object. Random, never used for a second object.
    object_id text collate "C" not null unique,
    -- 'open': bytes may come. 'whole': every byte and the footer are as durable as was promised.
    -- 'stored': the store has confirmed the object. 'removed': for good.
    state text not null check (state in ('open', 'whole', 'stored', 'removed')),
    -- What the sender said the length would be, where it was said.
    declared bigint,
    -- The offset that answers promise. It never goes backwards.
    kept bigint not null,
    -- The offset that is durable in the spool of `server`; never less than what `kept` needs of it.
    spooled bigint not null,
    -- Grows with every request that wants to write, so that an older one finds that it must let go.
    generation bigint not null,
    -- Which spool folder has the bytes, under which name, and which process wrote last.
    server text collate "C" not null,
    spool text collate "C" not null,
    holder text collate "C" not null,
    -- With several servers: the sealed bytes that are in no confirmed part, and the byte of the object they begin at.
    tail_key text collate "C",
    tail_start bigint,
    -- Once whole: bytes of the original, and of the sealed object with its footer.
    length bigint,
    sealed_length bigint,
    -- Where the object lies or will lie in the store.
    object_key text collate "C",
    -- The name of the running multipart upload, written down before its first part.
    multipart text,
    -- Why a person should look: a name, never content.
    alarm text,
    created_us bigint not null,
    touched_us bigint not null,
    stored_us bigint,
    verified_us bigint
);
create index upload_by_submission on upload (submission_id, id);
create index upload_unfinished on upload (state, id) where state in ('open', 'whole');
create index upload_by_spool on upload (server, spool);

-- Which request sealed which segments, committed before its first byte is written. `seq` is the order of beginning.
create table upload_run (
    upload_id text collate "C" not null references upload (id),
    seq bigint not null,
    first_segment bigint not null,
    salt bytea not null,
    primary key (upload_id, seq)
);

-- SHA-256 of each 8 MiB of the original, as they came. The read-back must find the same.
create table upload_digest (
    upload_id text collate "C" not null references upload (id),
    part bigint not null,
    sha256 bytea not null,
    primary key (upload_id, part)
);

-- A piece of the sealed object on its way into a multipart upload, committed before it is sent. A number stands for one
-- stretch of bytes for ever: a stretch that was written again gets a new number, and the old row is void.
create table upload_part (
    upload_id text collate "C" not null references upload (id),
    multipart text not null,
    number bigint not null,
    start bigint not null,
    length bigint not null,
    sha256 bytea not null,
    state text not null check (state in ('sending', 'confirmed', 'void')),
    etag text,
    primary key (upload_id, multipart, number)
);

-- Everything that intake puts into the store, written down before it is put. Only a row that says 'discarded' lets a
-- machine delete an object.
create table stored_object (
    key text collate "C" primary key,
    upload_id text collate "C" not null references upload (id),
    kind text not null check (kind in ('original', 'tail')),
    state text not null check (state in ('writing', 'kept', 'discarded')),
    multipart text,
    created_us bigint not null,
    discarded_us bigint
);
create index stored_object_by_upload on stored_object (upload_id);
create index stored_object_discarded on stored_object (discarded_us) where state = 'discarded';
