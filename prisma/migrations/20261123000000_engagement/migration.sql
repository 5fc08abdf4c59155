-- What people did with messages, each event once, and what became of it. A fate is one of: new, future, machine,
-- out_of_scope, repeat, unknown, waiting, sent, recorded, failed.
CREATE TABLE engagement (
  connection_id integer NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  event_id text NOT NULL,
  metric_id text NOT NULL,
  kind text NOT NULL,
  channel text NOT NULL,
  person text,
  email text,
  at timestamptz(3) NOT NULL,
  message text,
  message_name text,
  subject text,
  source_kind text NOT NULL,
  source_id text,
  source_name text,
  url text,
  list text,
  detail text,
  by_machine boolean NOT NULL,
  seen_at timestamptz(3) NOT NULL,
  fate text NOT NULL DEFAULT 'new',
  reason text NOT NULL DEFAULT '',
  entry_id uuid,
  shown_id uuid,
  contact text,
  reference text,
  run_id bigint,
  sent_at timestamptz(3),
  settled_at timestamptz(3),
  attempts integer NOT NULL DEFAULT 0,
  retry_at timestamptz(3),
  problem jsonb,
  PRIMARY KEY (connection_id, event_id)
);

-- One occurrence is shown once: by the person at the source, and by the contact that shows it.
CREATE UNIQUE INDEX engagement_entry ON engagement (connection_id, entry_id);
CREATE UNIQUE INDEX engagement_shown ON engagement (connection_id, shown_id);
CREATE INDEX engagement_undecided ON engagement (connection_id, at, event_id) WHERE fate = 'new';
CREATE INDEX engagement_waiting
  ON engagement (connection_id, (coalesce(person, email, '')), (coalesce(message, '')), event_id) WHERE fate = 'waiting';
CREATE INDEX engagement_open ON engagement (connection_id, fate, at) WHERE fate IN ('future', 'sent', 'unknown', 'failed');
CREATE INDEX engagement_person ON engagement (connection_id, person, at);
CREATE INDEX engagement_email ON engagement (connection_id, email, at);
CREATE INDEX engagement_by_contact ON engagement (connection_id, contact, message) WHERE contact IS NOT NULL;
CREATE INDEX engagement_metric ON engagement (connection_id, metric_id, at);

-- How far each metric is read. A pass that was broken off goes on from its own cursor.
CREATE TABLE engagement_stream (
  connection_id integer NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  metric_id text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  channel text NOT NULL,
  floor timestamptz(3) NOT NULL,
  watermark timestamptz(3),
  hourly_at timestamptz(3),
  nightly_at timestamptz(3),
  weekly_at timestamptz(3),
  pass text,
  pass_from timestamptz(3),
  pass_begun timestamptz(3),
  pass_cursor text,
  PRIMARY KEY (connection_id, metric_id)
);

-- How many events of a day the source itself counts.
CREATE TABLE engagement_day (
  connection_id integer NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  metric_id text NOT NULL,
  day date NOT NULL,
  counted integer NOT NULL,
  counted_at timestamptz(3) NOT NULL,
  PRIMARY KEY (connection_id, metric_id, day)
);

-- Contacts on which something is shown, and the roll-up that was last written to each.
CREATE TABLE engagement_contact (
  connection_id integer NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  contact text NOT NULL,
  email text NOT NULL,
  written jsonb NOT NULL DEFAULT '{}',
  due_at timestamptz(3),
  PRIMARY KEY (connection_id, contact)
);

CREATE INDEX engagement_contact_due ON engagement_contact (connection_id, due_at) WHERE due_at IS NOT NULL;

-- Who is in the lists and segments that engagement is limited to. Not the contact lane's members: each counts its own scans.
CREATE TABLE engagement_member (
  connection_id integer NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  collection text NOT NULL,
  person text NOT NULL,
  scan text,
  PRIMARY KEY (connection_id, collection, person)
);

-- What the lane remembers of a connection as a whole.
CREATE TABLE engagement_state (
  connection_id integer PRIMARY KEY REFERENCES connection (id) ON DELETE CASCADE,
  deciding_hash text NOT NULL DEFAULT '',
  roll_up_hash text NOT NULL DEFAULT '',
  members_stream text NOT NULL DEFAULT '',
  members_cursor text,
  members_scan text,
  setup_as text,
  setup jsonb
);
