-- The vendor's job that an operation is part of, and how many contacts the job has: known before its answer, so that a job
-- whose answer was lost can be found.
ALTER TABLE journal ADD COLUMN job_id TEXT, ADD COLUMN job_size INTEGER;

-- Not sent: when its turn came the contact had moved, or could not be read again in time.
ALTER TABLE journal DROP CONSTRAINT journal_outcome_check;
ALTER TABLE journal ADD CONSTRAINT journal_outcome_check
  CHECK (outcome IN ('sent', 'done', 'refused', 'exists', 'gone', 'superseded', 'not_sent'));

CREATE INDEX journal_open_jobs ON journal (link_id) WHERE outcome = 'sent' AND job_size IS NOT NULL;
