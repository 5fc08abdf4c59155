-- Somebody was first seen subscribed, by no request of Tandem's. This is a separate kind, because it takes no opt-out back.
ALTER TABLE consent_ledger DROP CONSTRAINT consent_ledger_kind_check;
ALTER TABLE consent_ledger ADD CONSTRAINT consent_ledger_kind_check CHECK (kind IN (
  'opted_out', 'opted_in', 'first_opted_in', 'reopened', 'carried', 'asked', 'restored', 'confirmed', 'blocked',
  'erased', 'allowed'));
