-- What stands beside what was sent: translations, who tried the questions, and which ways to reach others were checked.

-- Words of an item in another language than its own. The item itself never changes. A correction is a new version, and
-- earlier versions stay.
create table translation (
    id text primary key,
    submission_id text not null references submission (id),
    item_id text not null references evidence_item (id),
    version bigint not null,
    -- BCP 47; 'bfi' for British Sign Language.
    from_language text not null,
    to_language text not null,
    -- Sealed under the submission's key: the words, and the name of who made them.
    text_sealed blob not null,
    by_sealed blob not null,
    -- What they are, such as a registered interpreter: a name from a list.
    by_what text not null,
    -- The day, as far as it is known: YYYY-MM-DD, YYYY-MM or YYYY.
    made_on text not null,
    entered_by text not null references staff (id),
    entered_us bigint not null,
    -- "Draft, not checked" until these are there. Whoever entered it cannot be the one.
    checked_by text references staff (id),
    checker_sealed blob,
    checker_what text,
    checked_on text,
    checked_us bigint,
    check (checked_by is null or checked_by <> entered_by),
    unique (item_id, version)
);
create index translation_by_submission on translation (submission_id, item_id, version);

-- What was sent in BSL or another language than English, and has no translation beside it. 'sgn' is signed, and nobody
-- said in which sign language. What is in no words, or in a language that its sender does not know, is not here.
create view needs_interpreter as
select i.id as item_id, i.submission_id,
    case when i.reached = 'signed' and (i.language is null or i.language = 'und') then 'sgn' else i.language end as language
from evidence_item i
where i.state <> 'removed' and i.sent_us is not null and i.closed_us is null
    and (case when i.reached = 'signed' and (i.language is null or i.language = 'und') then 'sgn' else i.language end)
        not in ('en', 'und', 'zxx')
    and not exists (select 1 from translation t where t.item_id = i.id);

-- Translations that no second person has checked.
create view translation_unchecked as
select t.item_id, t.submission_id, t.from_language as language
from translation t
join evidence_item i on i.id = t.item_id
where t.checked_us is null
    and i.state <> 'removed' and i.sent_us is not null and i.closed_us is null
    and not exists (select 1 from translation n where n.item_id = t.item_id and n.version > t.version);

-- Who tried the standard questions before anybody relied on the answers: kinds of people and how many, never names.
create table question_try (
    id text primary key,
    -- Which set of questions, as the data file calls it.
    set_version text not null,
    tried_on text not null,
    people text not null,
    how_many bigint not null,
    changed text not null,
    entered_by text not null references staff (id),
    entered_us bigint not null,
    -- Taken off the public page, where something went in that should not be there.
    hidden_us bigint
);
create index question_try_by_set on question_try (set_version, tried_on, id);

-- An operator compared a way to reach somebody with a source. The newest row of a contact counts.
create table contact_check (
    id text primary key,
    -- Its name in the contacts file.
    contact_id text not null,
    -- Where each area has its own: the area's code.
    area_code text,
    phone text,
    email text,
    website text,
    checked_by text not null,
    source text not null,
    checked_on text not null,
    recorded_us bigint not null
);
create index contact_check_by_contact on contact_check (contact_id, recorded_us);
