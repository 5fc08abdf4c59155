-- A person may be erased: nothing is left of them but keyed hashes in the ledger, by which they are not read again.

ALTER TABLE consent_ledger DROP CONSTRAINT consent_ledger_kind_check;
ALTER TABLE consent_ledger ADD CONSTRAINT consent_ledger_kind_check CHECK (kind IN (
  'opted_out', 'opted_in', 'carried', 'asked', 'restored', 'confirmed', 'blocked',
  -- All that is left of an erased person; and that they may be synced again after all.
  'erased', 'allowed'));

-- An address is no side's.
ALTER TABLE consent_ledger DROP CONSTRAINT consent_ledger_side_check;
ALTER TABLE consent_ledger ADD CONSTRAINT consent_ledger_side_check
  CHECK (side IN ('hubspot', 'klaviyo') OR (side = 'both' AND kind IN ('erased', 'allowed')));

DROP INDEX consent_ledger_erased;
CREATE INDEX consent_ledger_erased ON consent_ledger (connection_id, subject, seq) WHERE kind IN ('erased', 'allowed');
