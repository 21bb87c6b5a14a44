-- When records were last looked through, so that a clock that jumped deletes nothing.

create table retention_run (
    id bigint primary key,
    -- The clock at the last run.
    seen_us bigint not null,
    -- Since when the clock has moved steadily from run to run.
    steady_us bigint not null
);
