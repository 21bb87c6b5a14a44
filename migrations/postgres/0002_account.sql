-- Staff: the people who read. Nobody who sends has an account.

create table staff (
    id text collate "C" primary key,
    -- A keyed hash of the lower-case address finds the row; the address itself is sealed.
    email_hash bytea not null unique,
    email_sealed bytea not null,
    name_sealed bytea not null,
    role text not null check (role in ('intake', 'triage', 'inspector', 'lead', 'safeguarding', 'admin')),
    -- Who employs them ('Ofsted', 'CQC' …): stated, and shown beside their name.
    employer text not null,
    password_hash text,
    totp_sealed bytea,
    -- The last time step whose code was used: a code works once.
    totp_last_step bigint not null default 0,
    created_us bigint not null,
    disabled_us bigint
);

-- Areas that this person must never see (where they live, worked, or have family).
create table staff_never_area (
    staff_id text collate "C" not null references staff (id),
    area_code text collate "C" not null,
    primary key (staff_id, area_code)
);

-- A link that works once, for 24 hours. Only a hash of its token is here.
create table staff_link (
    token_hash bytea primary key,
    staff_id text collate "C" not null references staff (id),
    -- 'join' sets everything; 'password' and 'second_step' replace one of the two and need the other.
    purpose text not null check (purpose in ('join', 'password', 'second_step')),
    expires_us bigint not null,
    spent_us bigint
);

create table staff_session (
    id_hash bytea primary key,
    staff_id text collate "C" not null references staff (id),
    -- 'half': the password was right, the second step is to come. The three between are on their way with a link.
    stage text not null check (stage in ('half', 'joining', 'new_password', 'new_second_step', 'full')),
    created_us bigint not null,
    seen_us bigint not null,
    -- While new recovery codes may be shown: with this and the cookie's secret they can be made again.
    codes_salt bytea,
    codes_until_us bigint
);
create index staff_session_by_staff on staff_session (staff_id);
create index staff_session_by_time on staff_session (seen_us);

create index staff_link_by_staff on staff_link (staff_id);

create table recovery_code (
    code_hash bytea primary key,
    staff_id text collate "C" not null references staff (id),
    spent_us bigint
);
create index recovery_code_by_staff on recovery_code (staff_id);
