-- A subscription type that Tandem opted somebody out of was seen open again: whoever opts out of it from then on does so
-- by their own act.
ALTER TABLE consent_ledger DROP CONSTRAINT consent_ledger_kind_check;
ALTER TABLE consent_ledger ADD CONSTRAINT consent_ledger_kind_check CHECK (kind IN (
  'opted_out', 'opted_in', 'reopened', 'carried', 'asked', 'restored', 'confirmed', 'blocked', 'erased', 'allowed'));
