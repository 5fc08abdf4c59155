-- The hashes of the consent ledger follow from its rows alone, so that anybody with the database can compute them. A seal
-- says of some entries that Tandem wrote them, with a key that is never in the database.
CREATE TABLE chain_seal (
  chain  text NOT NULL CHECK (chain IN ('consent', 'audit')),
  -- The entries that it is about, by their seq.
  first  bigint NOT NULL CHECK (first > 0),
  last   bigint NOT NULL CHECK (last >= first),
  -- `written`: this installation wrote them. `taken_over`: they were there before its key sealed anything.
  kind   text NOT NULL CHECK (kind IN ('written', 'taken_over')),
  key_id text NOT NULL,
  -- Of the entry `last`. Each hash holds the one before it, so that this one stands for everything up to there.
  hash   text NOT NULL,
  mac    text NOT NULL CHECK (length(mac) = 64),
  at     timestamptz(3) NOT NULL,
  PRIMARY KEY (chain, last, key_id)
);

CREATE FUNCTION chain_seal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'seals are append-only';
END $$;
CREATE TRIGGER chain_seal_is_append_only BEFORE UPDATE OR DELETE ON chain_seal
  FOR EACH ROW EXECUTE FUNCTION chain_seal_is_append_only();
CREATE TRIGGER chain_seal_is_kept BEFORE TRUNCATE ON chain_seal
  FOR EACH STATEMENT EXECUTE FUNCTION chain_seal_is_append_only();

-- No entry is ever committed without a seal; whether the seal is good, only the key tells.
CREATE FUNCTION chain_is_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT first FROM chain_seal WHERE chain = TG_ARGV[0] AND last >= NEW.seq ORDER BY last LIMIT 1) <= NEW.seq THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'entry % of % has no seal', NEW.seq, TG_TABLE_NAME;
END $$;
ALTER FUNCTION chain_is_sealed() SET enable_seqscan TO off;
ALTER FUNCTION chain_is_sealed() SET enable_bitmapscan TO off;
CREATE CONSTRAINT TRIGGER consent_ledger_is_sealed AFTER INSERT ON consent_ledger
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chain_is_sealed('consent');
