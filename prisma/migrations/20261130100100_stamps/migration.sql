-- What Tandem wrote of somebody's last activity to their HubSpot contact, with what was there before. A table beside the
-- journal: a contact may show engagement without being linked, and no field rule is behind it.
CREATE TABLE stamp (
  trace_id uuid PRIMARY KEY,
  connection_id integer NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  run_id bigint NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  contact text NOT NULL,
  email text NOT NULL,
  before jsonb NOT NULL,
  after jsonb NOT NULL,
  outcome text NOT NULL DEFAULT 'sent'
    CONSTRAINT stamp_outcome_check CHECK (outcome IN ('sent', 'done', 'refused', 'gone', 'superseded', 'not_sent')),
  problem jsonb,
  refused_fields text[] NOT NULL DEFAULT '{}',
  sent_at timestamptz(3) NOT NULL,
  settled_at timestamptz(3)
);
CREATE INDEX stamp_of_contact ON stamp (connection_id, contact, sent_at);
CREATE INDEX stamp_of_run ON stamp (run_id, sent_at, trace_id);
CREATE INDEX stamp_open ON stamp (connection_id, run_id) WHERE outcome = 'sent';
