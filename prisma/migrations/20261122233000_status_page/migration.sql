-- What the status page needs: who did what, who is signed in, who is left alone, and what is to be undone.

-- Every action of a person. Append-only: whoever did something cannot take it out again.
CREATE TABLE audit (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  connection_id int NOT NULL REFERENCES connection (id) ON DELETE RESTRICT,
  at            timestamptz(3) NOT NULL,
  who           text NOT NULL,
  role          text NOT NULL,
  action        text NOT NULL,
  -- How many contacts it was done to.
  contacts      int NOT NULL DEFAULT 0,
  -- Which ones, by ids and codes: no address stands here, so that nobody has to be erased from it.
  about         jsonb NOT NULL DEFAULT '{}',
  reason        text NOT NULL DEFAULT ''
);
CREATE INDEX audit_latest ON audit (connection_id, at DESC);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_is_kept BEFORE TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- Somebody who is signed in. Only a hash is kept: whoever reads this table cannot be them.
CREATE TABLE web_session (
  token_hash text PRIMARY KEY CHECK (length(token_hash) = 64),
  who        text NOT NULL,
  role       text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  began_at   timestamptz(3) NOT NULL,
  seen_at    timestamptz(3) NOT NULL,
  ended_at   timestamptz(3)
);
CREATE INDEX web_session_old ON web_session (seen_at);

-- A person chose to leave a contact alone: since when, who, why, and what ends it.
ALTER TABLE link
  ADD COLUMN ignored_at     timestamptz(3),
  ADD COLUMN ignored_by     text,
  ADD COLUMN ignored_reason text,
  ADD COLUMN ignored_ends   text CHECK (ignored_ends IN ('changed', 'at', 'never')),
  ADD COLUMN ignored_until  timestamptz(3),
  ADD CONSTRAINT link_ignored_with_reason
    CHECK (ignored_at IS NULL OR (ignored_by IS NOT NULL AND ignored_reason <> '' AND ignored_ends IS NOT NULL)),
  ADD CONSTRAINT link_ignored_until CHECK ((ignored_ends = 'at') = (ignored_until IS NOT NULL));
CREATE INDEX link_ignored ON link (connection_id) WHERE ignored_at IS NOT NULL;
CREATE INDEX link_retried ON link (connection_id, retried_at) WHERE retried_at IS NOT NULL;

-- A value that lost a conflict, to be put back with the next run.
CREATE TABLE conflict_undo (
  conflict_id bigint PRIMARY KEY REFERENCES conflict (id) ON DELETE CASCADE,
  asked_by    text NOT NULL,
  asked_at    timestamptz(3) NOT NULL,
  -- moved: somebody changed it since, so it was left.
  state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'moved')),
  settled_at  timestamptz(3)
);
CREATE INDEX conflict_undo_waiting ON conflict_undo (conflict_id) WHERE state = 'waiting';

-- People are looked for by how their address begins, whatever the database's language.
CREATE INDEX link_email_prefix ON link (connection_id, email_key text_pattern_ops);

-- A person's name as a side shows it, where a mapping has one.
CREATE FUNCTION person_name(fields jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg(value, ' ' ORDER BY key COLLATE "C")
  FROM jsonb_each_text(fields)
  WHERE (key LIKE 'firstname:%' OR key LIKE 'lastname:%') AND value <> ''
$$;
CREATE INDEX sighting_name ON sighting USING gin (to_tsvector('simple', coalesce(person_name(fields), '')));
