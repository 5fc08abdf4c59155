-- What Tandem itself does to somebody's consent is in the ledger too, and is there before it is done.

ALTER TABLE consent_ledger DROP CONSTRAINT consent_ledger_kind_check;
ALTER TABLE consent_ledger ADD CONSTRAINT consent_ledger_kind_check CHECK (kind IN (
  -- Seen: a refusal, and that somebody took it back by an act of their own.
  'opted_out', 'opted_in',
  -- Done: a refusal taken to the other side; a subscription asked for; a refusal put back that it had met on the way.
  'carried', 'asked', 'restored',
  -- Seen after it was asked for: it stands, or it was not asked for after all.
  'confirmed', 'blocked',
  -- All that is left of an erased person.
  'erased'));

-- The list that it is about, where it is about one.
ALTER TABLE consent_ledger ADD COLUMN list text;
ALTER TABLE consent_ledger ADD CONSTRAINT consent_ledger_asked_names_list CHECK (kind <> 'asked' OR list IS NOT NULL);

-- At most once per person and list, ever (contract P9).
CREATE UNIQUE INDEX consent_ledger_asked_once ON consent_ledger (connection_id, subject, list) WHERE kind = 'asked';
CREATE INDEX consent_ledger_erased ON consent_ledger (connection_id, subject) WHERE kind = 'erased';

-- A row without a list reads as it did before, so every hash stays what it was.
CREATE OR REPLACE FUNCTION consent_row(entry consent_ledger) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws('|', entry.seq, entry.connection_id, entry.subject, entry.channel, entry.kind, entry.side,
                   entry.evidence::text, entry.run_id, extract(epoch FROM entry.at)::numeric(16, 3), entry.previous,
                   entry.list)
$$;

-- Consent has more parts than it had: whoever was seen without them is shown to have none until seen again.
UPDATE sighting SET consent = '{"listSuppressions": [], "optedOutTypes": [], "sms": null}' || consent
WHERE jsonb_typeof(consent) = 'object';

-- Since when the ledger may lack something: no run had ended for long, so the database may be a restored backup.
ALTER TABLE connection ADD COLUMN doubted_at timestamptz(3);

-- Somebody may go onto two lists at once, or refuse two kinds of e-mail: those are two operations.
DROP INDEX journal_one_sent;
CREATE UNIQUE INDEX journal_one_sent
  ON journal (link_id, side, kind, coalesce(after ->> 'list', after ->> 'type', '')) WHERE outcome = 'sent';
