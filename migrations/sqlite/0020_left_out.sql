-- What a sender leaves out of a file from a communication aid, and what they say of the device.

-- One row for each file of which something is left out. Until it is sent, the copy without it waits beside the whole file,
-- under a key of its own; sending puts it in the place of the whole file, whose key goes. So there is always one of them.
create table left_out (
    item_id text primary key references evidence_item (id),
    -- Which pages, days and lines, sealed; none once it was sent, because their names may say what was left out.
    choice_sealed blob,
    pages bigint not null,
    days bigint not null,
    lines bigint not null,
    -- The copy: its key, and the sealed object.
    key_id text not null,
    object_id text not null,
    object_key text not null,
    length bigint not null,
    sealed_length bigint not null,
    sha256 blob not null,
    -- The whole file, of which nothing else is kept in the end.
    whole_length bigint not null,
    whole_sha256 blob not null,
    made_us bigint not null,
    -- When the copy took the place of the whole file.
    replaced_us bigint
);

-- What a sender says of the device that a file came from. Every answer can be left out.
create table device_told (
    item_id text primary key references evidence_item (id),
    told_sealed blob not null,
    told_us bigint not null
);
