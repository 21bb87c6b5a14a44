-- The child's say: every answer to "Is it OK for us to see this?", what leads decided about a no, the people in a film,
-- and the card that a child may have of their own.

create table child_said (
    id text collate "C" primary key,
    submission_id text collate "C" not null references submission (id),
    -- One item; none for everything in it.
    item_id text collate "C" references evidence_item (id),
    -- None takes an answer back.
    answer text check (answer in ('yes', 'no', 'not_asked', 'could_not_tell')),
    -- Whether the sender tells it, or the child did with their own card.
    told_by text not null check (told_by in ('sender', 'card')),
    -- By card: 'everything', or 'not_in_it'.
    about text check (about in ('everything', 'not_in_it')),
    asked_on text,
    asked_by text,
    how_sealed bytea,
    shown_sealed bytea,
    -- Before sending, a sender's newer answer takes the place of their older one. After that, a no counts until a lead
    -- decides, whatever a sender tells later.
    counts boolean not null,
    told_us bigint not null
);
create index child_said_by_submission on child_said (submission_id, told_us);

-- Answers that were given before this table was made.
insert into child_said (id, submission_id, item_id, answer, told_by, asked_on, counts, told_us)
    select id, submission_id, id, assent, 'sender', assent_on, true, coalesce(sent_us, created_us)
    from evidence_item
    where assent is not null and state <> 'removed';

-- What a lead decided about a recording of a child who said no. The newest decides.
create table no_decision (
    id text collate "C" primary key,
    submission_id text collate "C" not null references submission (id),
    item_id text collate "C" not null references evidence_item (id),
    may_open boolean not null,
    staff_id text collate "C" not null references staff (id),
    reason_sealed bytea not null,
    decided_us bigint not null
);
create index no_decision_by_item on no_decision (item_id, decided_us);

-- The people in a film, each with their own permission. Whoever says no closes it.
create table person_in_item (
    id text collate "C" primary key,
    submission_id text collate "C" not null references submission (id),
    item_id text collate "C" not null references evidence_item (id),
    nickname_sealed bytea not null,
    permission text not null check (permission in ('yes', 'no', 'not_asked')),
    added_us bigint not null,
    -- When their permission became no.
    left_us bigint
);
create index person_in_item_by_item on person_in_item (item_id);

alter table evidence_item add column
    -- The older cut of a film whose place this one takes.
    replaces_id text collate "C" references evidence_item (id);

alter table submission add column
    -- What came by a child's own card is a submission of its own. This one's sender made the card.
    card_of text collate "C" references submission (id);
create index submission_by_card on submission (card_of) where card_of is not null;

alter table visit add column
    -- The code of the card that was made in this visit, sealed like the visit's own code.
    card_code_sealed bytea;
