-- A contact that its side shows and that cannot be read: it exists, it is read again in every run, and until then its
-- person is left alone. Nothing of it but an id, an email address where that could be read, and the problem.
CREATE TABLE unreadable_contact (
  connection_id integer        NOT NULL REFERENCES connection(id) ON DELETE CASCADE,
  side          text           NOT NULL CHECK (side IN ('hubspot', 'klaviyo')),
  external_id   text           NOT NULL,
  email_key     text,
  problem       jsonb          NOT NULL,
  since         timestamptz(3) NOT NULL,
  tried_at      timestamptz(3) NOT NULL,
  PRIMARY KEY (connection_id, side, external_id)
);
CREATE INDEX unreadable_contact_by_email ON unreadable_contact (connection_id, side, email_key);
