-- What a resumable protocol was told about a file when it began (its name, its type), to be given back as it came: sealed
-- under the submission's key, and emptied when the item is removed.

alter table upload add column notes_sealed bytea;
