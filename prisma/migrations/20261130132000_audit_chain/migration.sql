-- The audit is chained and sealed as the consent ledger is: a row that was changed, removed or slipped in is seen.
ALTER TABLE audit ADD COLUMN seq bigint, ADD COLUMN previous text, ADD COLUMN hash text;

-- What is hashed of a row. As JSON, so that no text in it can look like the end of another one.
CREATE FUNCTION audit_row(entry audit) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_array(entry.seq, entry.connection_id, extract(epoch FROM entry.at)::numeric(16, 3), entry.who,
                           entry.role, entry.action, entry.contacts, entry.about, entry.reason, entry.previous)::text
$$;

-- The rows that are there are chained in their order. Nothing can say who wrote them; from now on something does.
ALTER TABLE audit DISABLE TRIGGER audit_is_append_only;
DO $$
DECLARE entry audit; before text := ''; place bigint := 0;
BEGIN
  FOR entry IN SELECT * FROM audit ORDER BY id LOOP
    place := place + 1;
    entry.seq := place;
    entry.previous := before;
    before := encode(sha256(convert_to(audit_row(entry), 'UTF8')), 'hex');
    UPDATE audit SET seq = place, previous = entry.previous, hash = before WHERE id = entry.id;
  END LOOP;
END $$;
ALTER TABLE audit ENABLE TRIGGER audit_is_append_only;

ALTER TABLE audit ALTER COLUMN seq SET NOT NULL, ALTER COLUMN previous SET NOT NULL, ALTER COLUMN hash SET NOT NULL;
CREATE UNIQUE INDEX audit_seq ON audit (seq);

CREATE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- One writer at a time: two rows must never follow the same one.
  PERFORM pg_advisory_xact_lock(7263363);
  SELECT seq + 1, hash INTO NEW.seq, NEW.previous FROM audit ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(NEW.seq, 1);
  NEW.previous := coalesce(NEW.previous, '');
  NEW.hash := encode(sha256(convert_to(audit_row(NEW), 'UTF8')), 'hex');
  RETURN NEW;
END $$;
ALTER FUNCTION audit_chain() SET enable_seqscan TO off;
ALTER FUNCTION audit_chain() SET enable_bitmapscan TO off;
CREATE TRIGGER audit_chain BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_chain();
CREATE CONSTRAINT TRIGGER audit_is_sealed AFTER INSERT ON audit
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chain_is_sealed('audit');
