-- Whether somebody opted out is decided once, by `verdictOf` in src/model/consent.ts, when a snapshot is made, and stored
-- with it and with each entry of the ledger. Statements read it. What is stored already is filled here by the same rule.
ALTER TABLE sighting ALTER COLUMN consent_state DROP EXPRESSION;
ALTER TABLE sighting ADD COLUMN verdict text CHECK (verdict IN ('by_choice', 'by_fact', 'none'));
ALTER TABLE sighting ADD COLUMN verdict_reason text;
ALTER TABLE consent_ledger ADD COLUMN verdict text CHECK (verdict IN ('by_choice', 'by_fact', 'none'));

CREATE FUNCTION pg_temp.verdict_of(consent jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN consent ->> 'status' = 'unsubscribed' THEN 'by_choice'
              WHEN consent -> 'suppressions' @? '$[*] ? (@.reason != "HARD_BOUNCE" && @.reason != "INVALID_EMAIL")'
                THEN 'by_choice'
              WHEN coalesce(consent -> 'suppressions', '[]') <> '[]' THEN 'by_fact'
              ELSE 'none' END
$$;

UPDATE sighting SET verdict = pg_temp.verdict_of(consent) WHERE jsonb_typeof(consent) = 'object';
UPDATE sighting SET
  verdict_reason = CASE
    WHEN verdict = 'none' THEN ''
    WHEN consent ->> 'status' = 'unsubscribed' THEN 'unsubscribed'
    ELSE coalesce(jsonb_path_query_first(consent -> 'suppressions',
                                         '$[*] ? (@.reason != "HARD_BOUNCE" && @.reason != "INVALID_EMAIL")'),
                  consent -> 'suppressions' -> 0) ->> 'reason' END,
  consent_state = CASE
    WHEN verdict = 'by_choice' THEN 'opted out'
    WHEN verdict = 'by_fact' THEN 'suppressed'
    WHEN coalesce(consent -> 'optedOutTypes', '[]') <> '[]' THEN 'opted out of a kind'
    WHEN consent ->> 'status' = 'subscribed' THEN 'subscribed'
    ELSE 'never subscribed' END
WHERE verdict IS NOT NULL;
UPDATE sighting SET consent_state = 'not shown' WHERE verdict IS NULL;
ALTER TABLE sighting ALTER COLUMN consent_state SET DEFAULT 'not shown';
ALTER TABLE sighting ALTER COLUMN consent_state SET NOT NULL;
DROP FUNCTION consent_state(text, jsonb);
-- A consent without its verdict would be nobody's opt-out.
ALTER TABLE sighting ADD CONSTRAINT sighting_consent_has_verdict
  CHECK ((verdict IS NULL) = (consent IS NULL OR jsonb_typeof(consent) <> 'object'));

-- As `verdictOfEntry` says. What the evidence of an opt-out does not tell counts as the person's choice. An opt-out of
-- some kinds of email alone is none of everything.
ALTER TABLE consent_ledger DISABLE TRIGGER consent_ledger_is_append_only;
UPDATE consent_ledger SET verdict = CASE
  WHEN kind <> 'opted_out' THEN 'none'
  ELSE (SELECT CASE WHEN said ->> 'status' IS NULL THEN 'by_choice'
                    WHEN pg_temp.verdict_of(said) <> 'none' THEN pg_temp.verdict_of(said)
                    WHEN coalesce(said -> 'optedOutTypes', '[]') <> '[]' THEN 'none'
                    ELSE 'by_choice' END
        FROM (SELECT coalesce(evidence -> 'was', evidence) AS said) AS evidence) END
WHERE kind IN ('opted_out', 'opted_in', 'first_opted_in');
ALTER TABLE consent_ledger ENABLE TRIGGER consent_ledger_is_append_only;
ALTER TABLE consent_ledger ADD CONSTRAINT consent_ledger_has_verdict
  CHECK ((verdict IS NOT NULL) = (kind IN ('opted_out', 'opted_in', 'first_opted_in')));

DROP INDEX sighting_opted_out;
CREATE INDEX sighting_opted_out ON sighting (connection_id) WHERE verdict <> 'none';
