-- A link is under the address that its contacts show now; every other address it ever had is an alias.

ALTER TABLE link
  -- Its address belongs to another link by now: this one is found by it only where nobody else has it.
  ADD COLUMN passed boolean NOT NULL DEFAULT false,
  -- The side whose contact was merged into the contact of the link `parted_to`. Nothing is made there for this one.
  ADD COLUMN parted_on text CHECK (parted_on IN ('hubspot', 'klaviyo')),
  ADD COLUMN parted_to bigint REFERENCES link (id) ON DELETE SET NULL;

DROP INDEX link_connection_id_email_key_key;
CREATE UNIQUE INDEX link_email_key_now ON link (connection_id, email_key) WHERE NOT passed;
CREATE INDEX link_email_key_ever ON link (connection_id, email_key);
CREATE INDEX link_parted_to ON link (parted_to) WHERE parted_to IS NOT NULL;

CREATE TABLE link_alias (
  link_id       bigint NOT NULL REFERENCES link (id) ON DELETE CASCADE,
  connection_id int NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  email_key     text NOT NULL,
  -- The side that showed it; `both`: the link was under it.
  side          text NOT NULL CHECK (side IN ('hubspot', 'klaviyo', 'both')),
  since         timestamptz(3) NOT NULL,
  -- NULL while it still has it.
  until         timestamptz(3),
  PRIMARY KEY (link_id, email_key, side)
);
CREATE INDEX link_alias_email_key ON link_alias (connection_id, email_key);
-- Search by how an address begins, whatever the language of the database.
CREATE INDEX link_alias_beginning ON link_alias (connection_id, email_key text_pattern_ops);

-- Every address that a linked contact shows besides its link's own. A trigger, because whatever stores a contact, or links
-- it, must not lose the address it had: somebody may have opted out under it.
CREATE FUNCTION note_aliases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO link_alias (link_id, connection_id, email_key, side, since)
  SELECT DISTINCT shown.link_id, shown.connection_id, address, shown.side, shown.seen_at
  FROM fresh AS shown JOIN link ON link.id = shown.link_id
  CROSS JOIN LATERAL unnest(shown.other_emails || shown.email_key) AS address
  WHERE address IS NOT NULL AND address <> link.email_key
  ON CONFLICT (link_id, email_key, side) DO UPDATE SET until = NULL WHERE link_alias.until IS NOT NULL;
  RETURN NULL;
END $$;
CREATE FUNCTION end_aliases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE link_alias SET until = shown.seen_at
  FROM stale JOIN fresh AS shown USING (connection_id, side, external_id)
  WHERE link_alias.link_id = stale.link_id AND link_alias.side = stale.side AND link_alias.until IS NULL
    AND (stale.email_key IS DISTINCT FROM shown.email_key OR stale.other_emails <> shown.other_emails)
    AND link_alias.email_key <> ALL (array_remove(shown.other_emails || shown.email_key, NULL));
  RETURN NULL;
END $$;
CREATE TRIGGER sighting_aliases_made AFTER INSERT ON sighting REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION note_aliases();
CREATE TRIGGER sighting_aliases_changed AFTER UPDATE ON sighting REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION note_aliases();
CREATE TRIGGER sighting_aliases_ended AFTER UPDATE ON sighting REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION end_aliases();

-- As the ledger names a link's person: under each address they have or had.
CREATE FUNCTION link_subjects(which bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT array_agg(DISTINCT consent_subject(email_key))
  FROM (SELECT email_key FROM link WHERE id = which UNION SELECT email_key FROM link_alias WHERE link_id = which) AS known
$$;

-- Does somebody other than this link have the address now?
CREATE FUNCTION is_passed_on(connection int, address text, from_link bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM sighting
                 WHERE sighting.connection_id = connection AND sighting.side IN ('hubspot', 'klaviyo')
                   AND sighting.email_key = address AND sighting.link_id IS DISTINCT FROM from_link)
    AND NOT EXISTS (SELECT FROM sighting
                    WHERE sighting.link_id = from_link AND (sighting.email_key = address OR address = ANY (other_emails)))
$$;

-- Of links whose contacts have each other's addresses: is this the one that steps aside on `target`, so that the others
-- can have theirs? The first of them by number. Rotations of more than eight people are left to a person.
CREATE FUNCTION steps_aside(first bigint, target text) RETURNS boolean LANGUAGE sql STABLE AS $$
  WITH RECURSIVE step AS (
    SELECT first AS link_id, 0 AS depth
    UNION ALL
    SELECT holder.link_id, step.depth + 1
    FROM step
    JOIN sighting AS source ON source.link_id = step.link_id AND source.side <> target
    JOIN sighting AS holder ON holder.connection_id = source.connection_id AND holder.side = target
     AND holder.email_key = source.email_key AND holder.link_id <> step.link_id
    WHERE step.depth < 8 AND (step.depth = 0 OR step.link_id <> first)
  )
  SELECT EXISTS (SELECT FROM step WHERE depth > 1 AND link_id = first)
     AND NOT EXISTS (SELECT FROM step WHERE link_id < first)
$$;

-- What an earlier Tandem left wrong. Nothing of it is written to either system: the next run plans from it.
CREATE TEMP TABLE repaired (connection_id int, links int) ON COMMIT DROP;

-- Every address that is not its link's own was seen before there were aliases.
INSERT INTO link_alias (link_id, connection_id, email_key, side, since)
SELECT DISTINCT shown.link_id, shown.connection_id, address, shown.side, shown.seen_at
FROM sighting AS shown JOIN link ON link.id = shown.link_id
CROSS JOIN LATERAL unnest(shown.other_emails || shown.email_key) AS address
WHERE address IS NOT NULL AND address <> link.email_key
ON CONFLICT DO NOTHING;

-- Whom both sides show under one address that is not the link's: the key was left behind when the address was changed. A
-- link whose contacts are gone gives its address up; where another link holds it for good reason, a run decides.
CREATE TEMP TABLE stale ON COMMIT DROP AS
SELECT link.id, link.connection_id, link.email_key AS before, h.email_key AS address
FROM link
JOIN sighting AS h ON h.link_id = link.id AND h.side = 'hubspot'
JOIN sighting AS k ON k.link_id = link.id AND k.side = 'klaviyo' AND k.email_key = h.email_key
WHERE link.deleted_on IS NULL AND h.email_key <> link.email_key;
UPDATE link SET passed = true
WHERE deleted_on IS NOT NULL AND id NOT IN (SELECT id FROM stale)
  AND EXISTS (SELECT FROM stale WHERE stale.connection_id = link.connection_id AND stale.address = link.email_key);
DELETE FROM stale WHERE EXISTS (
  SELECT FROM stale AS first WHERE first.connection_id = stale.connection_id AND first.address = stale.address AND first.id < stale.id);
-- As long as anybody is in the way of somebody, who is behind them waits too.
DO $$
BEGIN
  LOOP
    DELETE FROM stale USING link AS holder
    WHERE holder.connection_id = stale.connection_id AND holder.email_key = stale.address AND NOT holder.passed
      AND holder.id NOT IN (SELECT id FROM stale);
    EXIT WHEN NOT FOUND;
  END LOOP;
END $$;
INSERT INTO link_alias (link_id, connection_id, email_key, side, since, until)
SELECT stale.id, stale.connection_id, before, 'both', link.created_at, now() FROM stale JOIN link ON link.id = stale.id
ON CONFLICT DO NOTHING;
UPDATE link SET passed = true FROM stale WHERE link.id = stale.id;
UPDATE link SET email_key = stale.address, passed = false, dirty_since = coalesce(dirty_since, now())
FROM stale WHERE link.id = stale.id;
INSERT INTO repaired SELECT connection_id, count(*)::int FROM stale GROUP BY connection_id;

-- Two links that were killed by merges in two systems: one has the HubSpot contact that is left, the other the Klaviyo
-- profile, and both show one address. The older goes on with both.
CREATE TEMP TABLE halves ON COMMIT DROP AS
SELECT DISTINCT ON (least(one.id, other.id)) least(one.id, other.id) AS kept, greatest(one.id, other.id) AS folded,
       one.connection_id, h.external_id AS hubspot, k.external_id AS klaviyo,
       other.lists, one.id AS hubspot_link, other.id AS klaviyo_link
FROM sighting AS h
JOIN link AS one ON one.id = h.link_id AND one.deleted_on = 'klaviyo' AND one.hubspot_id = h.external_id
JOIN sighting AS k ON k.connection_id = h.connection_id AND k.side = 'klaviyo'
  AND (k.email_key = h.email_key OR k.email_key = ANY (h.other_emails))
JOIN link AS other ON other.id = k.link_id AND other.deleted_on = 'hubspot' AND other.klaviyo_id = k.external_id
WHERE h.side = 'hubspot' AND one.id <> other.id
ORDER BY least(one.id, other.id), greatest(one.id, other.id);
DELETE FROM halves WHERE EXISTS (
  SELECT FROM halves AS first WHERE first.kept < halves.kept
    AND (first.kept IN (halves.kept, halves.folded) OR first.folded IN (halves.kept, halves.folded)));
UPDATE journal SET outcome = 'superseded', settled_at = now() FROM halves WHERE link_id = folded AND outcome = 'sent';
UPDATE journal SET link_id = kept FROM halves WHERE link_id = folded;
UPDATE conflict SET link_id = kept FROM halves
WHERE link_id = folded AND NOT EXISTS (
  SELECT FROM conflict AS known WHERE known.link_id = kept AND known.run_id = conflict.run_id AND known.field = conflict.field);
INSERT INTO link_alias (link_id, connection_id, email_key, side, since, until)
SELECT kept, link.connection_id, email_key, 'both', created_at, now() FROM halves JOIN link ON link.id = folded
UNION ALL SELECT kept, link_alias.connection_id, email_key, side, since, until FROM halves JOIN link_alias ON link_id = folded
ON CONFLICT DO NOTHING;
DELETE FROM sighting USING halves WHERE sighting.link_id IN (kept, folded)
  AND NOT (side = 'hubspot' AND external_id = hubspot OR side = 'klaviyo' AND external_id = klaviyo);
UPDATE sighting SET link_id = kept FROM halves WHERE sighting.link_id IN (kept, folded);
UPDATE link SET hubspot_id = NULL, klaviyo_id = NULL, passed = true FROM halves WHERE link.id = folded;
UPDATE link SET hubspot_id = hubspot, klaviyo_id = klaviyo, deleted_on = NULL, missing_on = NULL, base = '{}', refused = '{}',
  lists = halves.lists, attempts = 0, retry_at = NULL, dirty_since = coalesce(dirty_since, now()),
  state = CASE WHEN ignored_at IS NULL THEN 'waiting' ELSE state END, reason = ''
FROM halves WHERE link.id = kept;
DELETE FROM link USING halves WHERE link.id = folded;
INSERT INTO repaired SELECT connection_id, count(*)::int FROM halves GROUP BY connection_id;

-- For whoever looks at the runs: how many links were repaired.
INSERT INTO run (connection_id, kind, trigger, result, started_at, finished_at, counts, note)
SELECT connection_id, 'upgrade', 'upgrade', 'finished', now(), now(), jsonb_build_object('repaired', sum(links)),
       sum(links) || ' links repaired after changed email addresses and merges; nothing was written to HubSpot or Klaviyo'
FROM repaired GROUP BY connection_id;
