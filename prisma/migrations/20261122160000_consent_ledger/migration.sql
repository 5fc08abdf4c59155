-- What was ever seen of a person's consent, and done about it. Append-only and chained: a row that was changed, removed or
-- slipped in breaks every hash after it.

-- One secret a database: whoever has only the ledger cannot try out addresses.
CREATE TABLE consent_key (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  secret   bytea NOT NULL
);
INSERT INTO consent_key (secret) VALUES (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- Names a person in the ledger. The address itself is in no row that cannot be erased.
CREATE FUNCTION consent_subject(email text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(secret || sha256(secret || convert_to(email, 'UTF8'))), 'hex') FROM consent_key
$$;

CREATE TABLE consent_ledger (
  -- 1, 2, 3 without a gap: a row that is missing is seen.
  seq           bigint PRIMARY KEY,
  connection_id int NOT NULL REFERENCES connection (id) ON DELETE RESTRICT,
  subject       text NOT NULL CHECK (length(subject) = 64),
  channel       text NOT NULL CHECK (channel IN ('email', 'sms')),
  kind          text NOT NULL CHECK (kind IN ('opted_out', 'opted_in')),
  -- Where it was seen.
  side          text NOT NULL CHECK (side IN ('hubspot', 'klaviyo')),
  -- The side's own words: status, reasons with their times. No address, no id.
  evidence      jsonb NOT NULL,
  run_id        bigint NOT NULL,
  at            timestamptz(3) NOT NULL,
  previous      text NOT NULL,
  hash          text NOT NULL UNIQUE
);
CREATE INDEX consent_ledger_subject ON consent_ledger (connection_id, subject, side, seq);

-- What is hashed of a row, spelt out so that anybody can check it.
CREATE FUNCTION consent_row(entry consent_ledger) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws('|', entry.seq, entry.connection_id, entry.subject, entry.channel, entry.kind, entry.side,
                   entry.evidence::text, entry.run_id, extract(epoch FROM entry.at)::numeric(16, 3), entry.previous)
$$;

CREATE FUNCTION consent_ledger_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- One writer at a time: two rows must never follow the same one.
  PERFORM pg_advisory_xact_lock(7263362);
  SELECT seq + 1, hash INTO NEW.seq, NEW.previous FROM consent_ledger ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(NEW.seq, 1);
  NEW.previous := coalesce(NEW.previous, '');
  NEW.hash := encode(sha256(convert_to(consent_row(NEW), 'UTF8')), 'hex');
  RETURN NEW;
END $$;
CREATE TRIGGER consent_ledger_chain BEFORE INSERT ON consent_ledger
  FOR EACH ROW EXECUTE FUNCTION consent_ledger_chain();

CREATE FUNCTION consent_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the consent ledger is append-only';
END $$;
CREATE TRIGGER consent_ledger_is_append_only BEFORE UPDATE OR DELETE ON consent_ledger
  FOR EACH ROW EXECUTE FUNCTION consent_ledger_is_append_only();
CREATE TRIGGER consent_ledger_is_kept BEFORE TRUNCATE ON consent_ledger
  FOR EACH STATEMENT EXECUTE FUNCTION consent_ledger_is_append_only();

-- Few people have opted out, and every run asks who.
CREATE INDEX sighting_opted_out ON sighting (connection_id)
  WHERE consent ->> 'status' = 'unsubscribed' OR jsonb_array_length(coalesce(consent -> 'suppressions', '[]')) > 0;
