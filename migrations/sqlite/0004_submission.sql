-- One act of telling us. Plain columns hold only what lists filter by; everything a person wrote is sealed.

create table submission (
    id text primary key,
    -- Public and citable: HRD-7K4P-2M9X.
    reference text not null unique,
    state text not null check (state in ('draft', 'sent', 'expired', 'withdrawn', 'erased')),
    -- HMAC(pepper, Argon2id(words)): finds the row from the return code.
    code_hash blob unique,
    -- The name its owner gave the draft.
    name_sealed blob,
    wording text not null,
    role text,
    about text,
    age_band text,
    -- How the child or young person communicates: a JSON list of names.
    methods text not null,
    helped text,
    quote text not null default 'no' check (quote in ('yes', 'no')),
    reply text not null default 'no' check (reply in ('yes', 'no')),
    -- Set only by the sender: the code may open the content again after sending.
    look_again boolean not null default false,
    area_state text not null default 'not_asked' check (area_state in ('not_asked', 'known', 'not_known')),
    made_up boolean not null default false,
    created_us bigint not null,
    touched_us bigint not null,
    sent_us bigint,
    -- When something was last added after sending.
    added_us bigint,
    withdrawn_us bigint,
    erased_us bigint
);
create index submission_sent on submission (sent_us, id) where state = 'sent';
create index submission_drafts on submission (touched_us) where state = 'draft';
create index submission_withdrawn on submission (withdrawn_us) where state = 'withdrawn';

create table submission_area (
    submission_id text not null references submission (id),
    area_code text not null references area (code),
    -- 'lives': the first area; 'responsible': another council that is responsible.
    relation text not null check (relation in ('lives', 'responsible')),
    primary key (submission_id, relation)
);
create index submission_area_by_area on submission_area (area_code, submission_id);

-- What a person wrote or chose on a page, sealed field by field. `part` numbers repeated fields.
create table answer (
    submission_id text not null references submission (id),
    field text not null,
    part bigint not null,
    sealed blob not null,
    changed_us bigint not null,
    primary key (submission_id, field, part)
);

-- "What did you ask for? When? What did they say? When? How do you know?"
create table dated_step (
    id text primary key,
    submission_id text not null references submission (id),
    -- Which limit it is measured by: a name from the dated limits, or 'other'.
    rule text not null,
    asked_on text,
    outcome text check (outcome in ('yes', 'no', 'part', 'no_answer')),
    answered_on text,
    what_sealed blob,
    how_known_sealed blob,
    created_us bigint not null
);
create index dated_step_by_submission on dated_step (submission_id, id);

-- The submitter's browser: a secret in a cookie, only its hash here.
create table visit (
    id_hash blob primary key,
    submission_id text references submission (id),
    -- The return code, sealed under a key that only the cookie can make.
    code_sealed blob,
    own_phone boolean not null,
    created_us bigint not null,
    seen_us bigint not null
);
create index visit_by_submission on visit (submission_id);
create index visit_by_time on visit (seen_us);

-- What we confirmed having, version by version. The lines are sealed JSON.
create table receipt (
    submission_id text not null references submission (id),
    version bigint not null,
    made_us bigint not null,
    sealed blob not null,
    primary key (submission_id, version)
);

-- One effect for a repeated POST: the key is made with the form, the answer is where it went.
create table once (
    key_hash blob primary key,
    went_to text not null,
    at_us bigint not null
);
create index once_by_time on once (at_us);
