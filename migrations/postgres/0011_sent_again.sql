-- A store that gives back other bytes gets them again, each time after a longer wait.

alter table upload add column
    -- How often the whole object was sent again. Back to 0 when it was read back and matched.
    sent_again bigint not null default 0;
alter table upload add column
    -- Not before this moment.
    send_after_us bigint not null default 0;
