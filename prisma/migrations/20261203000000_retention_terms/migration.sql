-- Events that were kept for long enough are removed. Nothing of a kind from before `kept_from` is stored again, whatever
-- window is read again: it would look new, and be shown a second time.
ALTER TABLE engagement_begin ADD COLUMN kept_from timestamptz(3);
-- A roll-up counts all that was ever shown, so what was removed stays counted.
ALTER TABLE engagement_contact ADD COLUMN removed_opens integer NOT NULL DEFAULT 0,
                               ADD COLUMN removed_clicks integer NOT NULL DEFAULT 0;

-- Entries of a connection from before are to be removed from the audit; null keeps them.
ALTER TABLE connection ADD COLUMN audit_from timestamptz(3);

-- Says, sealed with the installation's key, that the entries of a chain up to here were removed because of their age.
CREATE TABLE chain_cut (
  chain  text NOT NULL CHECK (chain = 'audit'),
  seq    bigint NOT NULL CHECK (seq > 0),
  -- Of the entry `seq`: the first entry that is left follows it.
  hash   text NOT NULL,
  key_id text NOT NULL,
  mac    text NOT NULL CHECK (length(mac) = 64),
  at     timestamptz(3) NOT NULL,
  PRIMARY KEY (chain, seq, key_id)
);
CREATE TRIGGER chain_cut_is_append_only BEFORE UPDATE OR DELETE ON chain_cut
  FOR EACH ROW EXECUTE FUNCTION chain_seal_is_append_only();
CREATE TRIGGER chain_cut_is_kept BEFORE TRUNCATE ON chain_cut
  FOR EACH STATEMENT EXECUTE FUNCTION chain_seal_is_append_only();

-- A row of the audit never changes, and goes only after a cut says so.
CREATE FUNCTION audit_goes_after_a_cut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM chain_cut WHERE chain = 'audit' AND seq >= OLD.seq) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the audit is append-only';
END $$;
DROP TRIGGER audit_is_append_only ON audit;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit
  FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_goes_after_a_cut BEFORE DELETE ON audit
  FOR EACH ROW EXECUTE FUNCTION audit_goes_after_a_cut();
