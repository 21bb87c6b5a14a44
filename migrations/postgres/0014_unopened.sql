-- Since when something in a submission has waited that no member of staff has opened: from its sending, or from when
-- something was added. Empty once somebody has. The staff home shows the oldest, whatever its area or inspection.

alter table submission add column unopened_us bigint;

update submission set unopened_us = coalesce(added_us, sent_us)
where state in ('sent', 'withdrawn') and sent_us is not null
  and not exists (
      select 1 from review_seen v
      where v.submission_id = submission.id and v.seen_us >= coalesce(submission.added_us, submission.sent_us)
  );

create index submission_unopened on submission (unopened_us) where state = 'sent' and unopened_us is not null;
